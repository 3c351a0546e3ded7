#!/bin/sh
# Starts Tailcall, a program of its own. It takes neither its port nor omnivibe's tokens from the environment, so both are written
# into copies of its two files, beside the tokens.
set -eu
peers=$(dirname "$0")
copies=$(dirname "$OMNIVIBE_TOKENS_FILE")
sed "s/port: 8000/port: $PORT/" "$peers/tailcall.graphql" >"$copies/tailcall.graphql"
{ echo "const tokens = $(cat "$OMNIVIBE_TOKENS_FILE");"; cat "$peers/tailcall.js"; } >"$copies/tailcall.js"
export TAILCALL_LOG_LEVEL=error TAILCALL_TRACKER=false
exec "$peers/../node_modules/@tailcallhq/core-linux-x64-gnu/bin/tailcall" start "$copies/tailcall.graphql"
