@description('The name of the API Management service.')
param serviceName string = 'contoso'

@description('The connection string of the component.')
@secure()
param connectionString string

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: serviceName
}

resource logger 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {
  parent: service
  name: 'applicationinsights'
  properties: {
    loggerType: 'applicationInsights'
    resourceId: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Insights/components/app'
    credentials: {
      connectionString: connectionString
      identityClientId: '00000000-0000-0000-0000-00000000000c'
    }
  }
}
