az monitor diagnostic-settings create \
  --name 'to-all' \
  --resource "$SERVICE_ID" \
  --workspace '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs' \
  --storage-account '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/contosologs' \
  --logs '[{"category":"GatewayLogs","enabled":true}]'
