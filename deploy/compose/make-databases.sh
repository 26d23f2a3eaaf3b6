#!/bin/sh
# Creates the databases that are missing: make-databases.sh NAME… The server is that of PGHOST.
set -eu

for name; do
  found=$(psql --dbname=postgres --no-align --tuples-only --command="SELECT 1 FROM pg_database WHERE datname = '$name'")
  [ -n "$found" ] || createdb "$name"
done
