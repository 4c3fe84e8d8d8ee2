#!/bin/sh
# Registers the app in Entra with its four roles, once: running it again changes nothing but what differs.
# Prints the application id URI, the audience of callers' tokens, on stdout. Needs `az login`, and the right to
# register applications.
set -eu

name=${STUDIO_DSR_APP_NAME:-studio-dsr}
here=$(cd "$(dirname "$0")" && pwd)

if [ "${1:-}" = "--help" ]; then
  echo "Usage: register-app.sh"
  echo "Registers the app STUDIO_DSR_APP_NAME (default: studio-dsr) with the roles of app-roles.json."
  exit 0
fi

command -v az >/dev/null || { echo "The Azure CLI (az) is not installed." >&2; exit 1; }

app_id=$(az ad app list --display-name "$name" --query "[?displayName=='$name'] | [0].appId" --output tsv)
if [ -z "$app_id" ]; then
  echo "Registering $name ..." >&2
  app_id=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --query appId --output tsv)
fi

# Version 2 tokens: their issuer ends in /v2.0, as the setting AUTH_ISSUER says.
az ad app update --id "$app_id" \
  --identifier-uris "api://$app_id" \
  --app-roles "@$here/app-roles.json" \
  --set api.requestedAccessTokenVersion=2 >&2

# Callers get roles from the service principal; without assignment nobody gets a token.
object_id=$(az ad sp list --filter "appId eq '$app_id'" --query "[0].id" --output tsv)
if [ -z "$object_id" ]; then
  object_id=$(az ad sp create --id "$app_id" --query id --output tsv)
fi
az ad sp update --id "$object_id" --set appRoleAssignmentRequired=true >&2

echo "api://$app_id"
