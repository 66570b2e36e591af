@description('The name of the API Management service.')
param serviceName string = 'contoso'

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: serviceName
}

resource api 'Microsoft.ApiManagement/service/apis@2024-05-01' existing = {
  parent: service
  name: 'echo-api'
}

resource logger 'Microsoft.ApiManagement/service/loggers@2024-05-01' existing = {
  parent: service
  name: 'ContosoLogger1'
}

resource diagnostic 'Microsoft.ApiManagement/service/apis/diagnostics@2024-05-01' = {
  parent: api
  name: 'applicationinsights'
  properties: {
    alwaysLog: 'allErrors'
    loggerId: logger.id
    logClientIp: true
    verbosity: 'error'
    sampling: {
      samplingType: 'fixed'
      percentage: json('12.5')
    }
    httpCorrelationProtocol: 'W3C'
    operationNameFormat: 'Name'
    metrics: true
    frontend: {
      request: {
        headers: [
          'User-Agent'
        ]
        body: {
          bytes: 1024
        }
      }
      response: {
        headers: [
          'User-Agent'
        ]
        body: {
          bytes: 1024
        }
      }
    }
    backend: {
      request: {
        headers: [
          'User-Agent'
        ]
        body: {
          bytes: 1024
        }
      }
      response: {
        headers: [
          'User-Agent'
        ]
        body: {
          bytes: 1024
        }
      }
    }
  }
}
