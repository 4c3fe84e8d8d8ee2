#!/bin/sh
# Before anything is made: the app registration, and the key of request ids. Both are made once and kept in the
# environment of azd (.azure/<name>/.env, which git ignores).
set -eu

value() {
  azd env get-value "$1" 2>/dev/null || true
}

case "$(value STUDIO_DSR_AUDIENCE)" in
  api://*) ;;
  *)
    audience=$(sh infra/entra/register-app.sh)
    azd env set STUDIO_DSR_AUDIENCE "$audience"
    ;;
esac

key=$(value STUDIO_DSR_PSEUDONYM_KEY)
# The command writes its error to stdout where a value is missing; a key is 64 hex digits.
if ! printf '%s' "$key" | grep -Eq '^[0-9a-f]{64}$'; then
  azd env set STUDIO_DSR_PSEUDONYM_KEY "$(openssl rand -hex 32)"
fi
