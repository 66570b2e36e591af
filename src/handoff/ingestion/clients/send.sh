#!/bin/sh
# Sends body-*.json of this folder to @TABLE@.
# The environment has TENANT_ID, CLIENT_ID and CLIENT_SECRET of an app that may publish to the rule.
set -eu
: "${ENDPOINT:=@ENDPOINT@}" "${RULE:=@RULE@}"
token=$(curl --silent --show-error --fail "@LOGIN@/$TENANT_ID/oauth2/v2.0/token" \
  --data-urlencode "client_id=$CLIENT_ID" --data-urlencode "client_secret=$CLIENT_SECRET" \
  --data-urlencode "grant_type=client_credentials" --data-urlencode "scope=@SCOPE@" |
  sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p')
for body in body-*.json; do
  gzip -9 -c "$body" | curl --silent --show-error --fail --request POST \
    "$ENDPOINT/dataCollectionRules/$RULE/streams/@STREAM@?api-version=@VERSION@" \
    --header "Authorization: Bearer $token" \
    --header "Content-Type: application/json" --header "Content-Encoding: gzip" --data-binary @-
  echo "$body sent"
done
