@description('Where the resources are made.')
param location string = resourceGroup().location

resource workbookTemplate 'Microsoft.Insights/workbooktemplates@2019-10-17-preview' = {
  name: 'what-breaks'
  location: location
  properties: {
    priority: 1
    galleries: [
      {
        name: 'What breaks'
        category: 'API Management'
        order: 100
        type: 'workbook'
        resourceType: 'Azure Monitor'
      }
    ]
    templateData: {
      version: 'Notebook/1.0'
      items: [
        {
          type: 1
          content: {
            json: '## What breaks\nRequests by outcome, and which APIs, backends and reasons the failures are of.'
          }
          name: 'text - 0'
        }
        {
          type: 9
          content: {
            version: 'KqlParameterItem/1.0'
            parameters: [
              {
                id: 'c581cccc-3a93-5cf9-b64a-3b67cf73a42f'
                version: 'KqlParameterItem/1.0'
                name: 'TimeRange'
                label: 'Time range'
                type: 4
                isRequired: true
                value: {
                  durationMs: 86400000
                }
                typeSettings: {
                  selectableValues: [
                    {
                      durationMs: 3600000
                    }
                    {
                      durationMs: 14400000
                    }
                    {
                      durationMs: 43200000
                    }
                    {
                      durationMs: 86400000
                    }
                    {
                      durationMs: 172800000
                    }
                    {
                      durationMs: 259200000
                    }
                    {
                      durationMs: 604800000
                    }
                    {
                      durationMs: 1209600000
                    }
                    {
                      durationMs: 2592000000
                    }
                  ]
                  allowCustom: true
                }
              }
              {
                id: '73bdc2ef-212b-5338-8014-bd44b998310a'
                version: 'KqlParameterItem/1.0'
                name: 'Workspace'
                label: 'Workspace'
                type: 5
                isRequired: true
                query: 'where type =~ \'microsoft.operationalinsights/workspaces\'\n| project id'
                crossComponentResources: [
                  'value::all'
                ]
                queryType: 1
                resourceType: 'microsoft.resourcegraph/resources'
                typeSettings: {
                  additionalResourceOptions: [
                    'value::1'
                  ]
                }
              }
            ]
            style: 'pills'
            queryType: 0
            resourceType: 'microsoft.operationalinsights/workspaces'
          }
          name: 'parameters - 1'
        }
        {
          type: 3
          content: {
            version: 'KqlItem/1.0'
            query: 'ApiManagementGatewayLogs\n| extend Outcome = case(\n    isnull(ResponseCode), "Other",\n    ResponseCode < 400, "Successful",\n    ResponseCode in (401, 403, 429), "Unauthorized",\n    ResponseCode == 400 or ResponseCode between (500 .. 599), "Failed",\n    "Other")\n| summarize Requests = count() by bin(TimeGenerated, {TimeRange:grain}), Outcome\n| render timechart'
            size: 0
            title: 'Requests by outcome'
            timeContext: {
              durationMs: 0
            }
            timeContextFromParameter: 'TimeRange'
            queryType: 0
            resourceType: 'microsoft.operationalinsights/workspaces'
            crossComponentResources: [
              '{Workspace}'
            ]
          }
          name: 'query - 2'
        }
        {
          type: 3
          content: {
            version: 'KqlItem/1.0'
            query: 'ApiManagementGatewayLogs\n| extend Outcome = case(\n    isnull(ResponseCode), "Other",\n    ResponseCode < 400, "Successful",\n    ResponseCode in (401, 403, 429), "Unauthorized",\n    ResponseCode == 400 or ResponseCode between (500 .. 599), "Failed",\n    "Other")\n| summarize Requests = count() by Outcome\n| render piechart'
            size: 0
            title: 'Metric classes'
            timeContext: {
              durationMs: 0
            }
            timeContextFromParameter: 'TimeRange'
            queryType: 0
            resourceType: 'microsoft.operationalinsights/workspaces'
            crossComponentResources: [
              '{Workspace}'
            ]
          }
          name: 'query - 3'
        }
        {
          type: 3
          content: {
            version: 'KqlItem/1.0'
            query: 'ApiManagementGatewayLogs\n| where ResponseCode >= 400\n| summarize Failures = count(), First = min(TimeGenerated), Last = max(TimeGenerated) by ResponseCode, LastErrorSource, LastErrorReason\n| order by Failures desc'
            size: 0
            title: 'Failures by reason'
            timeContext: {
              durationMs: 0
            }
            timeContextFromParameter: 'TimeRange'
            queryType: 0
            resourceType: 'microsoft.operationalinsights/workspaces'
            crossComponentResources: [
              '{Workspace}'
            ]
            visualization: 'table'
          }
          name: 'query - 4'
        }
        {
          type: 3
          content: {
            version: 'KqlItem/1.0'
            query: 'ApiManagementGatewayLogs\n| where isnotempty(ApiId)\n| summarize Requests = count(), Failures = countif(ResponseCode >= 400), P95 = percentile(TotalTime, 95) by ApiId\n| order by Failures desc, ApiId asc\n| take 10'
            size: 0
            title: 'APIs by failures'
            timeContext: {
              durationMs: 0
            }
            timeContextFromParameter: 'TimeRange'
            queryType: 0
            resourceType: 'microsoft.operationalinsights/workspaces'
            crossComponentResources: [
              '{Workspace}'
            ]
            visualization: 'table'
          }
          name: 'query - 5'
        }
        {
          type: 3
          content: {
            version: 'KqlItem/1.0'
            query: 'ApiManagementGatewayLogs\n| where isnotempty(ApiId)\n| summarize Requests = count(), Failures = countif(ResponseCode >= 400), P95 = percentile(TotalTime, 95) by ApiId\n| order by P95 desc, ApiId asc\n| take 10'
            size: 0
            title: 'APIs by latency'
            timeContext: {
              durationMs: 0
            }
            timeContextFromParameter: 'TimeRange'
            queryType: 0
            resourceType: 'microsoft.operationalinsights/workspaces'
            crossComponentResources: [
              '{Workspace}'
            ]
            visualization: 'table'
          }
          name: 'query - 6'
        }
        {
          type: 3
          content: {
            version: 'KqlItem/1.0'
            query: 'ApiManagementGatewayLogs\n| where isnotempty(BackendId)\n| summarize Requests = count(), Failures = countif(ResponseCode >= 400), P95 = percentile(BackendTime, 95) by BackendId\n| order by Failures desc, BackendId asc\n| take 10'
            size: 0
            title: 'Backends by failures'
            timeContext: {
              durationMs: 0
            }
            timeContextFromParameter: 'TimeRange'
            queryType: 0
            resourceType: 'microsoft.operationalinsights/workspaces'
            crossComponentResources: [
              '{Workspace}'
            ]
            visualization: 'table'
          }
          name: 'query - 7'
        }
        {
          type: 3
          content: {
            version: 'KqlItem/1.0'
            query: 'ApiManagementGatewayLogs\n| where isnotempty(BackendId)\n| summarize Requests = count(), Failures = countif(ResponseCode >= 400), P95 = percentile(BackendTime, 95) by BackendId\n| order by P95 desc, BackendId asc\n| take 10'
            size: 0
            title: 'Backends by latency'
            timeContext: {
              durationMs: 0
            }
            timeContextFromParameter: 'TimeRange'
            queryType: 0
            resourceType: 'microsoft.operationalinsights/workspaces'
            crossComponentResources: [
              '{Workspace}'
            ]
            visualization: 'table'
          }
          name: 'query - 8'
        }
      ]
      isLocked: false
      fallbackResourceIds: [
        'Azure Monitor'
      ]
      '$schema': 'https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json'
    }
  }
}
