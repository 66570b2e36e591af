@description('The id of the service of API Management.')
param serviceId string

resource rule 'Microsoft.Insights/activityLogAlerts@2020-10-01' = {
  name: 'Someone changed the gateway'
  location: 'global'
  properties: {
    description: ''
    enabled: true
    scopes: [
      serviceId
    ]
    condition: {
      allOf: [
        {
          field: 'category'
          equals: 'Administrative'
        }
        {
          anyOf: [
            {
              field: 'operationName'
              equals: 'Microsoft.ApiManagement/service/write'
            }
            {
              field: 'operationName'
              equals: 'Microsoft.ApiManagement/service/delete'
            }
          ]
        }
        {
          field: 'status'
          equals: 'Succeeded'
        }
      ]
    }
    actions: {
      actionGroups: []
    }
  }
}
