@description('The address at which the logic app listens, with its signature.')
@secure()
param callbackUrl1 string

@description('The name of the group.')
param actionGroupName string = 'on-call for APIs'

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: actionGroupName
  location: 'global'
  properties: {
    groupShortName: 'on-call for'
    enabled: true
    emailReceivers: [
      {
        name: 'mail 1'
        emailAddress: 'on-call@contoso.com'
        useCommonAlertSchema: true
      }
    ]
    webhookReceivers: [
      {
        name: 'webhook 1'
        serviceUri: 'https://hooks.contoso.com/alerts?team=api'
        useCommonAlertSchema: true
      }
    ]
    logicAppReceivers: [
      {
        name: 'logic app 1'
        resourceId: '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/logs/providers/Microsoft.Logic/workflows/page-someone'
        callbackUrl: callbackUrl1
        useCommonAlertSchema: true
      }
    ]
  }
}
