#!/bin/sh
# Gives an identity or a person one of the app's roles; one that has it keeps it.
#   grant-role.sh OBJECT_ID ROLE      ROLE: Requester, Approver, Operator or Auditor
# OBJECT_ID is that of a managed identity's service principal, a user or a group.
set -eu

if [ $# -ne 2 ]; then
  echo "Usage: grant-role.sh OBJECT_ID Requester|Approver|Operator|Auditor" >&2
  exit 2
fi
principal=$1
role=$2
name=${STUDIO_DSR_APP_NAME:-studio-dsr}

app=$(az ad sp list --filter "displayName eq '$name'" --query "[0].id" --output tsv)
[ -n "$app" ] || { echo "$name is not registered: run register-app.sh first." >&2; exit 1; }
role_id=$(az ad sp show --id "$app" --query "appRoles[?value=='$role'].id | [0]" --output tsv)
[ -n "$role_id" ] || { echo "$name has no role $role: Requester, Approver, Operator or Auditor." >&2; exit 2; }

graph="https://graph.microsoft.com/v1.0/servicePrincipals/$app/appRoleAssignedTo"
has=$(az rest --method get --url "$graph" \
  --query "value[?principalId=='$principal' && appRoleId=='$role_id'] | [0].id" --output tsv)
if [ -n "$has" ]; then
  echo "$principal has the role $role already."
  exit 0
fi
az rest --method post --url "$graph" --headers "Content-Type=application/json" \
  --body "{\"principalId\":\"$principal\",\"resourceId\":\"$app\",\"appRoleId\":\"$role_id\"}" >/dev/null
echo "$principal has the role $role now."
