@description('The id of the service of API Management.')
param serviceId string = '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/apis/providers/Microsoft.ApiManagement/service/contoso'

resource rule 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'Unauthorized and failing calls'
  location: 'global'
  properties: {
    description: 'Answers of 4xx and 5xx of the gateway.'
    severity: 2
    enabled: true
    scopes: [
      serviceId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'Requests'
          metricNamespace: 'Microsoft.ApiManagement/service'
          metricName: 'Requests'
          dimensions: [
            {
              name: 'GatewayResponseCodeCategory'
              operator: 'Include'
              values: [
                '4xx'
                '5xx'
              ]
            }
            {
              name: 'LastErrorReason'
              operator: 'Exclude'
              values: [
                'OperationNotFound'
              ]
            }
          ]
          operator: 'GreaterThan'
          threshold: 50
          timeAggregation: 'Total'
        }
      ]
    }
    autoMitigate: true
    actions: [
      {
        actionGroupId: '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/logs/providers/Microsoft.Insights/actionGroups/on-call'
      }
    ]
  }
}
