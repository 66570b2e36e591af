// Texts of the page before anything is loaded.
import { area } from './table';

export const start = area('start', {
  title: 'What broke in the gateway?',
  lead: 'Drop a log export of Azure API Management. kqlens names what failed, on which evidence and what to do about it, and gives the KQL that shows it in the workspace.',
  drop: 'Drop files anywhere, or paste rows',
  choose: 'Choose files',
  paste: 'Paste',
  workspaces: 'Kept workspaces',
  checkSetup: 'Check my set-up',
  private: 'Everything is read in this browser. Nothing leaves it.',
  samplesTitle: 'Or look at an incident made for it',
  samples: {
    certificate: {
      title: 'A certificate was rotated',
      about: 'Two backends answer with a certificate the gateway does not trust.',
      shape: 'Resource logs, activity log, metrics',
    },
    tokens: {
      title: 'An assistant hits its token limit',
      about: 'An LLM product is throttled by its own policy and by the model behind it. Read its conversations, and who spent what.',
      shape: 'Query responses: gateway, LLM, token metrics, MCP, WebSocket',
    },
    dirty: {
      title: 'A mixed and dirty export',
      about: 'Cut lines, notes between records, two tables, expired tokens.',
      shape: 'JSON lines and portal CSV',
    },
  },
  recognised: 'What is recognised',
  resourceLogs: 'Resource logs',
  resourceLogsAbout: 'PT1H.json of a storage account, data export, Event Hub envelopes, gzip',
  results: 'Query results',
  resultsAbout: 'portal CSV and TSV, az and PowerShell output, Log Analytics and Kusto responses, metrics',
  tables: 'Tables',
  tablesAbout: 'ApiManagementGatewayLogs, LLM, MCP and WebSocket logs, AzureDiagnostics, Application Insights, AzureActivity, AzureMetrics',
  selfHosted: 'Self-hosted gateway',
  selfHostedAbout: 'text and JSON lines of the container',
});
