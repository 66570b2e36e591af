az monitor diagnostic-settings create \
  --name 'kqlens' \
  --resource '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ApiManagement/service/contoso' \
  --workspace '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs' \
  --export-to-resource-specific true \
  --logs '[{"category":"GatewayLogs","enabled":true},{"category":"GatewayLlmLogs","enabled":true}]' \
  --metrics '[{"category":"AllMetrics","enabled":true}]'
