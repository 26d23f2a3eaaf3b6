import type { Pair, Series } from './pair.ts';

const up = (service: string, instance = 'a'): string =>
  `up{job="film-store", service="${service}", instance="${instance}"}`;
/** Returns series in which all services are up, except where `series` says otherwise. */
const others = (series: Series): Series => ({
  [up('gateway')]: '1x20',
  [up('catalog')]: '1x20',
  [up('recommendations')]: '1x20',
  ...series,
});
const labels = (severity: string, service: string) => ({ severity, job: 'film-store', service });

/** Cases of the group `presence` in alerts.yml. */
export const presence: readonly Pair[] = [
  {
    alert: 'ServiceDown',
    at: '10m',
    fires: {
      when: 'no instance of the gateway responds',
      series: others({ [up('gateway')]: '1x5 0x20', [up('gateway', 'b')]: '1x5 0x20' }),
    },
    labels: labels('page', 'gateway'),
    silent: {
      when: 'one of two instances of the gateway responds',
      series: others({ [up('gateway')]: '1x5 0x20', [up('gateway', 'b')]: '1x20' }),
    },
  },
  {
    alert: 'ServiceDown',
    at: '10m',
    fires: {
      when: 'Prometheus has lost the targets of the catalog',
      series: others({ [up('catalog')]: '1x5 stale' }),
    },
    labels: labels('page', 'catalog'),
    silent: {
      when: 'other targets replace them',
      series: others({ [up('catalog')]: '1x5 stale', [up('catalog', 'b')]: '_x6 1x20' }),
    },
  },
  {
    alert: 'ServiceDown',
    at: '10m',
    fires: {
      when: 'recommendations never had a target',
      series: { [up('gateway')]: '1x20', [up('catalog')]: '1x20' },
    },
    labels: labels('ticket', 'recommendations'),
    silent: {
      when: 'one scrape fails while the only instance restarts',
      series: others({ [up('recommendations')]: '1x8 0 1x9' }),
    },
  },
];
