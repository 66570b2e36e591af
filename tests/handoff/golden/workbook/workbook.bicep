@description('Where the resources are made.')
param location string = 'westeurope'

resource workbook 'Microsoft.Insights/workbooks@2022-04-01' = {
  name: '04b5c123-4af5-5284-9033-07a31e53cc1b'
  location: location
  tags: {
    'hidden-title': 'Tokens'
  }
  kind: 'shared'
  properties: {
    displayName: 'Tokens'
    serializedData: '{"version":"Notebook/1.0","items":[{"type":1,"content":{"json":"## Tokens\\nWhat `models` cost"},"name":"text - 0"},{"type":9,"content":{"version":"KqlParameterItem/1.0","parameters":[{"id":"70de3005-2ae1-5060-bc6b-34d76c9bce79","version":"KqlParameterItem/1.0","name":"TimeRange","label":"Time range","type":4,"isRequired":true,"value":{"durationMs":86400000},"typeSettings":{"selectableValues":[{"durationMs":3600000},{"durationMs":14400000},{"durationMs":43200000},{"durationMs":86400000},{"durationMs":172800000},{"durationMs":259200000},{"durationMs":604800000},{"durationMs":1209600000},{"durationMs":2592000000}],"allowCustom":true}}],"style":"pills","queryType":0,"resourceType":"microsoft.operationalinsights/workspaces"},"name":"parameters - 1"},{"type":1,"content":{"json":"Tokens of *all* models."},"name":"text - 2"},{"type":3,"content":{"version":"KqlItem/1.0","query":"ApiManagementGatewayLlmLog\\n| summarize sum(TotalTokens) by bin(TimeGenerated, 1h)\\n| render timechart","size":0,"title":"By hour","timeContext":{"durationMs":0},"timeContextFromParameter":"TimeRange","queryType":0,"resourceType":"microsoft.operationalinsights/workspaces","crossComponentResources":["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/Logs-Prod"]},"name":"query - 3"},{"type":3,"content":{"version":"KqlItem/1.0","query":"ApiManagementGatewayLlmLog\\n| where ModelName == \'it\\"s \${x}\'\\n| take 10","size":0,"title":"Calls","timeContext":{"durationMs":0},"timeContextFromParameter":"TimeRange","queryType":0,"resourceType":"microsoft.operationalinsights/workspaces","crossComponentResources":["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/Logs-Prod"],"visualization":"table"},"name":"query - 4"}],"isLocked":false,"fallbackResourceIds":["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/Logs-Prod"],"$schema":"https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json"}'
    version: '1.0'
    category: 'workbook'
    sourceId: '/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-logs/providers/microsoft.operationalinsights/workspaces/logs-prod'
    description: 'What `models` cost'
  }
}
