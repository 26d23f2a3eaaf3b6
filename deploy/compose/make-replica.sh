#!/bin/sh
# Copies the server at PRIMARY_HOST and replicates it. Copies it again at each start, so that it also follows a server with
# other data.
set -eu

mkdir -p -m 700 "$PGDATA"
find "$PGDATA" -mindepth 1 -delete
pg_basebackup --host="$PRIMARY_HOST" --pgdata="$PGDATA" --write-recovery-conf --checkpoint=fast
# The entry point of the image starts the server as its own user.
exec docker-entrypoint.sh postgres
