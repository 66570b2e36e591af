@description('The name of the API Management service.')
param serviceName string

resource service 'Microsoft.ApiManagement/service@2024-06-01-preview' existing = {
  name: serviceName
}

resource workspace 'Microsoft.ApiManagement/service/workspaces@2024-06-01-preview' existing = {
  parent: service
  name: 'team-a'
}

resource api 'Microsoft.ApiManagement/service/workspaces/apis@2024-06-01-preview' existing = {
  parent: workspace
  name: 'openai'
}

resource logger 'Microsoft.ApiManagement/service/workspaces/loggers@2024-06-01-preview' = {
  parent: workspace
  name: 'azuremonitor'
  properties: {
    loggerType: 'azureMonitor'
    isBuffered: false
  }
}

resource diagnostic 'Microsoft.ApiManagement/service/workspaces/apis/diagnostics@2024-06-01-preview' = {
  parent: api
  name: 'azuremonitor'
  properties: {
    alwaysLog: 'allErrors'
    loggerId: logger.id
    logClientIp: true
    verbosity: 'information'
    sampling: {
      samplingType: 'fixed'
      percentage: 100
    }
    frontend: {
      request: {
        headers: []
        body: {
          bytes: 0
        }
      }
      response: {
        headers: []
        body: {
          bytes: 0
        }
      }
    }
    backend: {
      request: {
        headers: []
        body: {
          bytes: 0
        }
      }
      response: {
        headers: []
        body: {
          bytes: 0
        }
      }
    }
    largeLanguageModel: {
      logs: 'enabled'
      requests: {
        messages: 'all'
        maxSizeInBytes: 32768
      }
    }
  }
}
