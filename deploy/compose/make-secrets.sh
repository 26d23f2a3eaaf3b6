#!/bin/sh
# Writes the secrets where the services read them. What the environment gives wins; else what was made up at an earlier
# start is kept, for another IDEMPOTENCY_SECRET would make every key new.
set -eu
umask 077
file=/data/secrets.env
touch "$file"

given() { printenv "$1" || true; }
kept() { sed -n "s/^$1=//p" "$file"; }
made_up() { node -p 'crypto.randomBytes(32).toString("hex")'; }
first() { for value; do [ -z "$value" ] || { echo "$value"; return; }; done; }

for name in ADMIN_TOKEN IDEMPOTENCY_SECRET SERVICE_TOKEN; do
  echo "$name=$(first "$(given $name)" "$(kept $name)" "$(made_up)")"
done >"$file.new"
mv "$file.new" "$file"
