# Sends body-*.json of this folder to Failures_CL.
# The environment has TENANT_ID, CLIENT_ID and CLIENT_SECRET of an app that may publish to the rule.
$ErrorActionPreference = 'Stop'
$endpoint = if ($env:ENDPOINT) { $env:ENDPOINT } else { 'https://ENDPOINT' }
$rule = if ($env:RULE) { $env:RULE } else { 'dcr-ID' }
$token = (Invoke-RestMethod -Method Post -Uri "https://login.microsoftonline.com/$($env:TENANT_ID)/oauth2/v2.0/token" -Body @{
    client_id     = $env:CLIENT_ID
    client_secret = $env:CLIENT_SECRET
    grant_type    = 'client_credentials'
    scope         = 'https://monitor.azure.com//.default'
  }).access_token
$uri = "$endpoint/dataCollectionRules/$rule/streams/Custom-Json-Failures_CL?api-version=2023-01-01"
Get-ChildItem -Path 'body-*.json' | Sort-Object -Property Name | ForEach-Object {
  $body = [System.IO.File]::ReadAllBytes($_.FullName)
  Invoke-RestMethod -Method Post -Uri $uri -Headers @{ Authorization = "Bearer $token" } -ContentType 'application/json' -Body $body
  Write-Output "$($_.Name) sent"
}
