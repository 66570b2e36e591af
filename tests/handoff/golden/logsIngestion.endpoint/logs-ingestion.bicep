@description('The name of the workspace.')
param workspaceName string = 'logs-prod'

@description('Where the resources are made.')
param location string = resourceGroup().location

@description('The object id of the identity that sends.')
param principalId string

@description('The name of the rule.')
param ruleName string = 'dcr-Tokens_CL'

@description('The name of the endpoint.')
param endpointName string = 'dce-Tokens-CL'

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource table 'Microsoft.OperationalInsights/workspaces/tables@2023-09-01' = {
  parent: workspace
  name: 'Tokens_CL'
  properties: {
    schema: {
      name: 'Tokens_CL'
      columns: [
        {
          name: 'Model'
          type: 'string'
        }
        {
          name: 'Total'
          type: 'long'
        }
        {
          name: 'TimeGenerated'
          type: 'dateTime'
        }
        {
          name: 'Kind'
          type: 'string'
        }
      ]
    }
  }
}

resource endpoint 'Microsoft.Insights/dataCollectionEndpoints@2023-03-11' = {
  name: endpointName
  location: location
  properties: {
    networkAcls: {
      publicNetworkAccess: 'Enabled'
    }
  }
}

resource rule 'Microsoft.Insights/dataCollectionRules@2023-03-11' = {
  name: ruleName
  location: location
  properties: {
    dataCollectionEndpointId: endpoint.id
    streamDeclarations: {
      'Custom-Json-Tokens_CL': {
        columns: [
          {
            name: 'When'
            type: 'datetime'
          }
          {
            name: 'Model'
            type: 'string'
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
          'Custom-Json-Tokens_CL'
        ]
        destinations: [
          'workspace'
        ]
        transformKql: 'source\n| where Total > 0\n| extend TimeGenerated = When, Kind = iff(Model startswith \'gpt-\', \'it\\\'s gpt \${x}\', \'\')\n| project-away When'
        outputStream: 'Custom-Tokens_CL'
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

output ingestionEndpoint string = endpoint.properties.logsIngestion.endpoint
output ruleId string = rule.properties.immutableId
