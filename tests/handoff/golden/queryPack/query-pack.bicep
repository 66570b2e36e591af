@description('The name of the query pack.')
param packName string = 'apim-queries'

@description('Where the resources are made.')
param location string = resourceGroup().location

resource pack 'Microsoft.OperationalInsights/queryPacks@2019-09-01' = {
  name: packName
  location: location
  properties: {}
}

resource query1 'Microsoft.OperationalInsights/queryPacks/queries@2019-09-01' = {
  parent: pack
  name: '0ba8091f-1e0b-5ff2-be4b-eba1089957b1'
  properties: {
    displayName: 'Which APIs fail?'
    description: 'Requests that failed, by API; "quoted".'
    body: 'ApiManagementGatewayLogs\n| where ResponseCode >= 400 and Url !has \'\${x}\' and Url matches regex @\'\\d+\'\n| summarize n = count() by ApiId'
    related: {
      resourceTypes: [
        'microsoft.apimanagement/service'
      ]
    }
    tags: {
      labels: [
        'failures'
        'it\'s \${one}'
      ]
    }
  }
}

resource query2 'Microsoft.OperationalInsights/queryPacks/queries@2019-09-01' = {
  parent: pack
  name: '0b1b24cc-a1c0-53de-93be-350ff26f4f64'
  properties: {
    displayName: '[1] Die Anfragen für Zürich 😀'
    body: '["ApiManagementGatewayLogs"]\n\t| take 5 // [\'x\']\r\n| extend a = dynamic([1]), b = a[0], c = dynamic([\'z\'])[0]'
    related: {
      resourceTypes: [
        'microsoft.apimanagement/service'
      ]
    }
  }
}

resource query3 'Microsoft.OperationalInsights/queryPacks/queries@2019-09-01' = {
  parent: pack
  name: 'd64a5b13-7a64-548d-bcd4-66b333c57856'
  properties: {
    displayName: 'Ends as it begins'
    body: '[\'ApiManagementGatewayLogs\'] | project B = dynamic([1])[0] | where B == dynamic([1])[0]'
    related: {
      resourceTypes: [
        'microsoft.apimanagement/service'
      ]
    }
  }
}
