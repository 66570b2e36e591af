@description('Where the resources are made.')
param location string = resourceGroup().location

@description('The id of the workspace, the component or the service whose logs are watched.')
param scopeId string = '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/contoso'

@description('The ids of the action groups.')
param actionGroupIds array = [
  '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/logs/providers/Microsoft.Insights/actionGroups/on-call'
]

resource rule 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'Gateway failures by API'
  location: location
  kind: 'LogAlert'
  properties: {
    displayName: 'Gateway failures by API'
    description: 'More than 5 failures of one API in two of the last three quarters of an hour.'
    severity: 1
    enabled: true
    scopes: [
      scopeId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      allOf: [
        {
          query: 'ApiManagementGatewayLogs\n| where ResponseCode >= 500 and Url !contains \'\${x}\'\n| project TimeGenerated, ApiId, TotalTime'
          timeAggregation: 'Count'
          dimensions: [
            {
              name: 'ApiId'
              operator: 'Exclude'
              values: [
                'echo-api'
              ]
            }
          ]
          operator: 'GreaterThan'
          threshold: 5
          failingPeriods: {
            numberOfEvaluationPeriods: 3
            minFailingPeriodsToAlert: 2
          }
        }
      ]
    }
    autoMitigate: true
    actions: {
      actionGroups: actionGroupIds
    }
  }
}
