#!/usr/bin/env bash
# @opentelemetry/sdk-metrics 3.1.0: observable gauges freeze when the wall clock is set back.
#
# Setting: an observable gauge is collected, the wall clock is set back by an hour (as NTP or a resumed virtual
#   machine does it; here by replacing Date.now), and the gauge is collected again with other values.
# Expected: each collection has the value that the callback has just observed.
# Real: with cumulative temporality, the default, the gauge keeps the value from before for a whole hour. With delta
#   temporality only the first collection after the step is wrong. LastValueAggregator keeps the value with the later
#   Date.now().
# Output seen:
#   cumulative: before 1, after 1 1 1, an hour later 5
#   delta: before 1, after 1 3 4, an hour later 5
# Exits non-zero when this has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @opentelemetry/sdk-metrics@3.1.0 @opentelemetry/api@1.10.0 >/dev/null

cat >gauge.mjs <<'JS'
import { AggregationTemporality, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';

class Reader extends MetricReader {
  onForceFlush = async () => undefined;
  onShutdown = async () => undefined;
}

const realNow = Date.now;
for (const [name, temporality] of [['cumulative', AggregationTemporality.CUMULATIVE], ['delta', AggregationTemporality.DELTA]]) {
  let stepMs = 0;
  Date.now = () => realNow() + stepMs;
  const reader = new Reader({ aggregationTemporalitySelector: () => temporality });
  let value = 0;
  new MeterProvider({ readers: [reader] })
    .getMeter('films')
    .createObservableGauge('films.open')
    .addCallback((result) => result.observe((value += 1)));
  const collect = async () => (await reader.collect()).resourceMetrics.scopeMetrics[0].metrics[0].dataPoints[0].value;
  const before = await collect();
  stepMs = -3_600_000;
  const after = [await collect(), await collect(), await collect()];
  stepMs = 1000;
  console.log(`${name}: before ${before}, after ${after.join(' ')}, an hour later ${await collect()}`);
}
JS
seen=$(node gauge.mjs)
echo "$seen"
[ "$seen" = 'cumulative: before 1, after 1 1 1, an hour later 5
delta: before 1, after 1 3 4, an hour later 5' ]
