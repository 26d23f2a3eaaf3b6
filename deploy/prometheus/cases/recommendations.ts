import type { Pair } from './pair.ts';

const age = (data: string): string =>
  `catalog_data_age_seconds{service="recommendations", instance="a", data="${data}"}`;

/** Cases of the rules in recommendations.yml. */
export const recommendations: readonly Pair[] = [
  {
    alert: 'FreshnessBudgetBurn',
    at: '1h',
    fires: {
      when: 'orders are read too late',
      series: { [age('feed')]: '1x40 61x30', [age('films')]: '60x70' },
    },
    labels: { severity: 'ticket', slo: 'recommendations-freshness' },
    silent: {
      when: 'films have the greatest age allowed',
      series: { [age('feed')]: '60x70', [age('films')]: '900x70' },
    },
  },
  {
    alert: 'FeedLag',
    at: '10m',
    fires: { when: 'orders cannot be read', series: { [age('feed')]: '1x5 60+60x9' } },
    labels: { severity: 'ticket', service: 'recommendations', instance: 'a', data: 'feed' },
    silent: {
      when: 'films wait for the next poll',
      series: { [age('feed')]: '1x20', [age('films')]: '0+60x5 0+60x5 0+60x5' },
    },
  },
];
