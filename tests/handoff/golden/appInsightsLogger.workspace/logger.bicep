@description('The name of the API Management service.')
param serviceName string

@description('The connection string of the component.')
@secure()
param connectionString string

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: serviceName
}

resource workspace 'Microsoft.ApiManagement/service/workspaces@2024-05-01' existing = {
  parent: service
  name: 'team-a'
}

resource logger 'Microsoft.ApiManagement/service/workspaces/loggers@2024-05-01' = {
  parent: workspace
  name: 'team-logger'
  properties: {
    loggerType: 'applicationInsights'
    credentials: {
      connectionString: connectionString
    }
  }
}
