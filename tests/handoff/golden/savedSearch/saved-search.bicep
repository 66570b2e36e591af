@description('The name of the workspace.')
param workspaceName string = 'Logs-Prod'

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource search 'Microsoft.OperationalInsights/workspaces/savedSearches@2023-09-01' = {
  parent: workspace
  name: 'slow-backends'
  etag: '*'
  properties: {
    category: 'API Management'
    displayName: 'Slow backends'
    query: 'ApiManagementGatewayLogs\n| where BackendTime > 1000'
    version: 2
    tags: [
      {
        name: 'team'
        value: 'platform'
      }
    ]
  }
}
