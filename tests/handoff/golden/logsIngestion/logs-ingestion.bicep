@description('The name of the workspace.')
param workspaceName string = 'Logs-Prod'

@description('Where the resources are made.')
param location string = 'westeurope'

@description('The object id of the identity that sends.')
param principalId string

@description('The name of the rule.')
param ruleName string = 'dcr-Failures_CL'

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource table 'Microsoft.OperationalInsights/workspaces/tables@2023-09-01' = {
  parent: workspace
  name: 'Failures_CL'
  properties: {
    schema: {
      name: 'Failures_CL'
      columns: [
        {
          name: 'TimeGenerated'
          type: 'dateTime'
        }
        {
          name: 'Type_'
          type: 'string'
        }
        {
          name: 'Response_code'
          type: 'int'
        }
        {
          name: 'Id_'
          type: 'string'
        }
        {
          name: 'More'
          type: 'dynamic'
        }
        {
          name: 'Total'
          type: 'long'
        }
      ]
    }
  }
}

resource rule 'Microsoft.Insights/dataCollectionRules@2023-03-11' = {
  name: ruleName
  location: location
  kind: 'Direct'
  properties: {
    streamDeclarations: {
      'Custom-Json-Failures_CL': {
        columns: [
          {
            name: 'TimeGenerated'
            type: 'datetime'
          }
          {
            name: 'Type_'
            type: 'string'
          }
          {
            name: 'Response_code'
            type: 'int'
          }
          {
            name: 'Id_'
            type: 'string'
          }
          {
            name: 'More'
            type: 'dynamic'
          }
          {
            name: 'Total'
            type: 'long'
          }
        ]
      }
    }
    destinations: {
      logAnalytics: [
        {
          workspaceResourceId: workspace.id
          name: 'workspace'
        }
      ]
    }
    dataFlows: [
      {
        streams: [
          'Custom-Json-Failures_CL'
        ]
        destinations: [
          'workspace'
        ]
        transformKql: 'source'
        outputStream: 'Custom-Failures_CL'
      }
    ]
  }
  dependsOn: [
    table
  ]
}

resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: rule
  name: guid(rule.id, principalId, '3913510d-42f4-4e42-8a64-420c390055eb')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '3913510d-42f4-4e42-8a64-420c390055eb')
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

output ingestionEndpoint string = rule.properties.endpoints.logsIngestion
output ruleId string = rule.properties.immutableId
