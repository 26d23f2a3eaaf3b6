import type { Part } from './part.ts';

export const recommendations: Part = {
  name: 'recommendations',
  title: 'the recommendations',
  paths: [
    'apps/recommendations',
    'apps/gateway/src/recommendations',
    'deploy/platform/parts/recommendations.ts',
    'libs/contracts/src/recommendation.ts',
  ],
  packages: [],
};
