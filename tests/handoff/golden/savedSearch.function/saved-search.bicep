@description('The name of the workspace.')
param workspaceName string

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource search 'Microsoft.OperationalInsights/workspaces/savedSearches@2023-09-01' = {
  parent: workspace
  name: 'failures-of-an-api'
  etag: '*'
  properties: {
    category: 'Incidents'
    displayName: 'Failures of an API'
    query: 'ApiManagementGatewayLogs\n| where ApiId == api\n| take top'
    functionAlias: 'ApiFailures'
    functionParameters: 'api:string, top:long = 10'
    version: 2
  }
}
