import type { Part } from './part.ts';

export const recommendations: Part = {
  name: 'recommendations',
  title: 'the recommendations',
  paths: [
    'apps/recommendations',
    'apps/gateway/control-room/recommendations.js',
    'apps/gateway/src/recommendations',
    'deploy/grafana/recommendations.ts',
    'deploy/platform/parts/recommendations.ts',
    'deploy/prometheus/cases/recommendations.ts',
    'deploy/prometheus/rules/recommendations.yml',
    'deploy/runbooks/FeedLag.md',
    'libs/contracts/src/recommendation.ts',
  ],
  packages: [],
};
