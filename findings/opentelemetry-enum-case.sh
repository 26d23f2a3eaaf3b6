#!/usr/bin/env bash
# @opentelemetry/sdk-node 0.301.0 compares the names in OTEL_* variables by case, and says nothing when it knows none.
#
# Expected, by the specification ("Type-specific guidance", "Enum"): values SHOULD be read in any case, and a value that is
# not recognized MUST produce a warning. OTEL_LOG_LEVEL has the default `info`, so warnings are visible unless turned off.
#   https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#enum
# Real: OTEL_TRACES_EXPORTER=OTLP makes no exporter. Every span is dropped, and neither stdout nor stderr has a word.
# The warning exists, but NodeSDK installs a logger only where OTEL_LOG_LEVEL is set, its default included.
#
# Output seen:
#   otlp: 1 request, 0 bytes of output
#   OTLP: 0 requests, 0 bytes of output
#   OTLP with OTEL_LOG_LEVEL=info: 0 requests, Unrecognized OTEL_TRACES_EXPORTER value: OTLP.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @opentelemetry/sdk-node@0.301.0 @opentelemetry/api@1.10.0

cat >receiver.mjs <<'JS'
// Runs send.mjs against a receiver and prints how many requests came, and what the process wrote.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

let requests = 0;
const server = createServer((request, response) => {
  requests += 1;
  request.resume().on('end', () => response.end());
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const child = spawn(process.execPath, ['send.mjs'], {
  env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.address().port}` },
});
const output = (await Promise.all([text(child.stdout), text(child.stderr)])).join('');
server.close();
const warning = /Unrecognized[^\n]*/.exec(output)?.[0];
console.log(`${requests} request${requests === 1 ? '' : 's'}, ${warning ?? `${output.length} bytes of output`}`);
JS

cat >send.mjs <<'JS'
import { NodeSDK } from '@opentelemetry/sdk-node';
import { trace } from '@opentelemetry/api';

const sdk = new NodeSDK({ metricReaders: [], logRecordProcessors: [] });
sdk.start();
trace.getTracer('a').startSpan('b').end();
await sdk.shutdown();
JS

seen=$(
  unset OTEL_LOG_LEVEL
  echo "otlp: $(OTEL_TRACES_EXPORTER=otlp node receiver.mjs)"
  echo "OTLP: $(OTEL_TRACES_EXPORTER=OTLP node receiver.mjs)"
  echo "OTLP with OTEL_LOG_LEVEL=info: $(OTEL_TRACES_EXPORTER=OTLP OTEL_LOG_LEVEL=info node receiver.mjs)"
)
echo "$seen"
[ "$seen" = 'otlp: 1 request, 0 bytes of output
OTLP: 0 requests, 0 bytes of output
OTLP with OTEL_LOG_LEVEL=info: 0 requests, Unrecognized OTEL_TRACES_EXPORTER value: OTLP.' ]
