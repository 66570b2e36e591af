#!/bin/sh
# Sends body-*.json of this folder to Failures_CL.
# The environment has TENANT_ID, CLIENT_ID and CLIENT_SECRET of an app that may publish to the rule.
set -eu
: "${ENDPOINT:=https://ENDPOINT}" "${RULE:=dcr-ID}"
token=$(curl --silent --show-error --fail "https://login.microsoftonline.com/$TENANT_ID/oauth2/v2.0/token" \
  --data-urlencode "client_id=$CLIENT_ID" --data-urlencode "client_secret=$CLIENT_SECRET" \
  --data-urlencode "grant_type=client_credentials" --data-urlencode "scope=https://monitor.azure.com//.default" |
  sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p')
for body in body-*.json; do
  gzip -9 -c "$body" | curl --silent --show-error --fail --request POST \
    "$ENDPOINT/dataCollectionRules/$RULE/streams/Custom-Json-Failures_CL?api-version=2023-01-01" \
    --header "Authorization: Bearer $token" \
    --header "Content-Type: application/json" --header "Content-Encoding: gzip" --data-binary @-
  echo "$body sent"
done
