#!/bin/sh
# Role assignments take a while until every part of Azure knows them; the first deployment of code would be refused.
set -eu

if [ "$(azd env get-value STUDIO_DSR_ROLES_SPREAD 2>/dev/null || true)" != "true" ]; then
  echo "Waiting 90 seconds for the new role assignments to spread ..."
  sleep 90
  azd env set STUDIO_DSR_ROLES_SPREAD true
fi
