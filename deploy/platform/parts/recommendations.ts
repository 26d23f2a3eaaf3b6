import type { Part } from './part.ts';

export const recommendations: Part = {
  name: 'recommendations',
  title: 'the recommendations',
  paths: [
    'apps/gateway/control-room/recommendations.js',
    'apps/gateway/src/recommendations',
    'apps/recommendations',
    'deploy/grafana/recommendations.ts',
    'deploy/platform/parts/recommendations.ts',
    'deploy/prometheus/cases/recommendations.ts',
    'deploy/prometheus/rules/recommendations.yml',
    'deploy/runbooks/FeedLag.md',
    'docs/decisions/recommendations-model.md',
    'docs/measurements/bench/naive.json',
    'libs/contracts/src/recommendation.ts',
    'test/bench/gateways/recommended.ts',
    'test/bench/naive/bulkhead.ts',
    'test/bench/naive/hang.ts',
    'test/bench/naive/outage.ts',
    'test/bench/scale/recommendations',
    'test/docs/recommendations-descriptions.ts',
    'test/e2e/damaged-file.spec.ts',
    'test/e2e/telemetry/recommendations-signals.ts',
    'test/fallacies/topology-does-not-change.ts',
  ],
  packages: [],
};
