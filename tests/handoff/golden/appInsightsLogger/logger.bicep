@description('The name of the API Management service.')
param serviceName string = 'contoso'

@description('The connection string of the component.')
param connectionString string = 'InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/'

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: serviceName
}

resource logger 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {
  parent: service
  name: 'ContosoLogger1'
  properties: {
    loggerType: 'applicationInsights'
    description: 'To the component\'s "errors"'
    credentials: {
      connectionString: connectionString
      identityClientId: 'SystemAssigned'
    }
  }
}
