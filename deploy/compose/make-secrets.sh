#!/bin/sh
# Writes ADMIN_TOKEN and IDEMPOTENCY_SECRET where the services read them. What the environment gives wins; else what
# was made up at an earlier start is kept, for another IDEMPOTENCY_SECRET would make every key new.
set -eu
umask 077
file=/data/secrets.env
touch "$file"

kept() { sed -n "s/^$1=//p" "$file"; }
made_up() { node -p 'crypto.randomBytes(32).toString("hex")'; }
first() { for value; do [ -z "$value" ] || { echo "$value"; return; }; done; }

admin_token=$(first "${ADMIN_TOKEN:-}" "$(kept ADMIN_TOKEN)" "$(made_up)")
idempotency_secret=$(first "${IDEMPOTENCY_SECRET:-}" "$(kept IDEMPOTENCY_SECRET)" "$(made_up)")
printf 'ADMIN_TOKEN=%s\nIDEMPOTENCY_SECRET=%s\n' "$admin_token" "$idempotency_secret" >"$file.new"
mv "$file.new" "$file"
