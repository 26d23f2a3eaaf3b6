import { findCriticalServices, toServices } from '../../platform/derived.ts';
import { platform } from '../../../platform.config.ts';
import type { Pair, Series } from './pair.ts';

const up = (service: string, instance = 'a'): string =>
  `up{job="${platform.name}", service="${service}", instance="${instance}"}`;
const services = toServices(platform).map(({ name }) => name);
/** Returns series in which every other service is up. */
const withOthers = (service: string, series: Series): Series => ({
  ...Object.fromEntries(services.filter((name) => name !== service).map((name) => [up(name), '1x20'])),
  ...series,
});
const critical = findCriticalServices(platform);

/** Cases of the group `presence` in services.yml: three for each service. */
export const presence: readonly Pair[] = services.flatMap((name) => {
  const labels = {
    severity: critical.has(name) ? 'page' : 'ticket',
    job: platform.name,
    service: name,
  };
  return [
    {
      alert: 'ServiceDown',
      at: '10m',
      fires: {
        when: `no instance of ${name} responds`,
        series: withOthers(name, { [up(name)]: '1x5 0x20', [up(name, 'b')]: '1x5 0x20' }),
      },
      labels,
      silent: {
        when: `one of two instances of ${name} responds`,
        series: withOthers(name, { [up(name)]: '1x5 0x20', [up(name, 'b')]: '1x20' }),
      },
    },
    {
      alert: 'ServiceDown',
      at: '10m',
      fires: {
        when: `Prometheus has lost the targets of ${name}`,
        series: withOthers(name, { [up(name)]: '1x5 stale' }),
      },
      labels,
      silent: {
        when: `other targets of ${name} replace them`,
        series: withOthers(name, { [up(name)]: '1x5 stale', [up(name, 'b')]: '_x6 1x20' }),
      },
    },
    {
      alert: 'ServiceDown',
      at: '10m',
      fires: { when: `${name} never had a target`, series: withOthers(name, {}) },
      labels,
      silent: {
        when: `one scrape of ${name} fails while the only instance restarts`,
        series: withOthers(name, { [up(name)]: '1x8 0 1x9' }),
      },
    },
  ];
});
