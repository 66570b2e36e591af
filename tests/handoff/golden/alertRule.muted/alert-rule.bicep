@description('Where the resources are made.')
param location string = resourceGroup().location

@description('The id of the workspace, the component or the service whose logs are watched.')
param scopeId string

@description('The ids of the action groups.')
param actionGroupIds array = []

resource rule 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'slow'
  location: location
  kind: 'LogAlert'
  properties: {
    displayName: 'Slow backends'
    severity: 2
    enabled: true
    scopes: [
      scopeId
    ]
    evaluationFrequency: 'PT1H'
    windowSize: 'P1D'
    overrideQueryTimeRange: 'P2D'
    criteria: {
      allOf: [
        {
          query: 'ApiManagementGatewayLogs | where isnotempty(BackendId)'
          timeAggregation: 'Average'
          metricMeasureColumn: 'BackendTime'
          dimensions: []
          operator: 'GreaterThan'
          threshold: json('1250.5')
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    autoMitigate: false
    muteActionsDuration: 'PT12H'
    actions: {
      actionGroups: actionGroupIds
    }
  }
}
