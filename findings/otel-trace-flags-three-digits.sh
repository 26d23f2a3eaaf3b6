#!/usr/bin/env bash
# @opentelemetry/core 3.1.0 (with @opentelemetry/api 1.10.0): the W3C propagator writes trace flags of 0x10 and more as
# three hexadecimal digits.
#
# Setting: a hop that only passes the context on, without an SDK, as proxies and disabled telemetry do. It extracts the
#   context of a caller that speaks a later version, 01, with flags that version 00 does not know, and injects it.
# Expected: W3C Trace Context, "Versioning of traceparent" and "Other Flags": a hop that detects a higher version parses
#   the parts it knows, and builds a traceparent of version 00 from them. There flags are two hexadecimal digits, and
#   unknown flags are zero. So the flags `13` become `01` or, in Level 2, `03`.
# Real: inject writes `-0` and then the flags in base 16. `13` becomes `013`. The next hop rejects this traceparent as
#   malformed and starts a new trace, so the trace breaks although every party was valid before.
# Output seen:
#   flags 01 -> sent 01, the next hop reads it: true
#   flags 03 -> sent 03, the next hop reads it: true
#   flags 13 -> sent 013, the next hop reads it: false
#   flags ff -> sent 0ff, the next hop reads it: false
# Exits 0 while it is so, and 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --save-exact @opentelemetry/api@1.10.0 @opentelemetry/core@3.1.0
cat > try.js <<'JS'
import { ROOT_CONTEXT, defaultTextMapGetter, defaultTextMapSetter, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

const propagator = new W3CTraceContextPropagator();
const extract = (traceparent) => propagator.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter);
for (const flags of ['01', '03', '13', 'ff']) {
  const received = extract(`01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}`);
  const sent = {};
  propagator.inject(received, sent, defaultTextMapSetter);
  const read = trace.getSpanContext(extract(sent.traceparent)) !== undefined;
  console.log(`flags ${flags} -> sent ${sent.traceparent.split('-')[3]}, the next hop reads it: ${read}`);
}
JS
cat > expected <<'OUT'
flags 01 -> sent 01, the next hop reads it: true
flags 03 -> sent 03, the next hop reads it: true
flags 13 -> sent 013, the next hop reads it: false
flags ff -> sent 0ff, the next hop reads it: false
OUT
node try.js | tee seen
diff expected seen > /dev/null || { echo 'changed'; exit 1; }
