#!/bin/sh
# Writes the secrets to the file that the services read. A value of the environment has precedence. Otherwise a value from
# an earlier start stays, because another IDEMPOTENCY_SECRET would make every key a new one.
set -eu
umask 077
file=/data/secrets.env
touch "$file"

from_environment() { printenv "$1" || true; }
from_file() { sed -n "s/^$1=//p" "$file"; }
generate() { node -p 'crypto.randomBytes(32).toString("hex")'; }
first() { for value; do [ -z "$value" ] || { echo "$value"; return; }; done; }

for name in ADMIN_TOKEN IDEMPOTENCY_SECRET SERVICE_TOKEN; do
  echo "$name=$(first "$(from_environment $name)" "$(from_file $name)" "$(generate)")"
done >"$file.new"
mv "$file.new" "$file"
