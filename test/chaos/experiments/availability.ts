import { type StoreFault, faultAt, flagsFile, gone, link, receiver } from '../store/faults.ts';
import type { Stage } from '../store/design.ts';
import { type ExpectedSignal, degraded } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { AWAY, WHOLE_AGAIN_S } from './expectations.ts';

const LASTS_MS = 6000;
const SLOW_MS = 400;

const showing = (shows: readonly ExpectedSignal[], faults: readonly StoreFault[]): Stage[] =>
  faults.map((fault) => ({ faults: [fault], lastsMs: LASTS_MS, shows }));

/** A service, failing as networks and processes do, or, what these cannot do, by faults of its own. */
const ofService = (name: 'catalog' | 'recommendations'): StoreFault[] => [
  gone(name),
  link(name, 'black-hole'),
  faultAt(name, `${name} answers 503`, { point: 'inbound', kind: 'status', status: 503 }),
  link(name, 'reset'),
  faultAt(name, `${name} answers garbage`, { point: 'inbound', kind: 'garbage' }),
];

/**
 * Every dependency, in every way that it can fail: down, hanging, slow, erring, reset, with garbage for an answer. A
 * file of flags only is there or not, or is garbage. Nobody has to notice it of Redis, of telemetry, of what is slow and
 * may be waited for, nor of garbage for flags, in whose place the last good ones are kept.
 */
const stages = (onPostgres: boolean): Stage[] => [
  ...showing([degraded('product', AWAY)], ofService('catalog')),
  ...showing([degraded('featured', AWAY)], ofService('recommendations')),
  ...showing(
    [],
    [
      link('catalog', 'latency', SLOW_MS),
      link('recommendations', 'latency', SLOW_MS),
      gone('redis'),
      link('redis', 'black-hole'),
      link('redis', 'latency', SLOW_MS),
      faultAt('gateway', 'Redis fails', { point: 'redis', kind: 'status', status: 503 }),
      link('redis', 'reset'),
      faultAt('gateway', 'Redis does it, and its answer is lost', { point: 'redis', kind: 'garbage' }),
    ],
  ),
  ...showing(
    [degraded('product', AWAY)],
    [
      ...(onPostgres
        ? [link('database', 'cut'), link('database', 'black-hole')]
        : [
            faultAt('catalog', 'the database is down', { point: 'database', kind: 'reset' }),
            faultAt('catalog', 'the database hangs', { point: 'database', kind: 'hang' }),
          ]),
      faultAt('catalog', 'the database fails', { point: 'database', kind: 'status', status: 503 }),
      ...(onPostgres ? [link('database', 'reset')] : []),
      faultAt('catalog', 'the database does it, and its answer is lost', {
        point: 'database',
        kind: 'garbage',
      }),
    ],
  ),
  ...showing(
    [degraded('flags', ['unreachable']), degraded('recommendations', ['flag-off'])],
    [flagsFile('gone')],
  ),
  ...showing(
    [],
    [
      onPostgres
        ? link('database', 'latency', SLOW_MS)
        : faultAt('catalog', 'the database is slow', { point: 'database', kind: 'delay', ms: SLOW_MS }),
      flagsFile('garbage'),
      link('telemetry', 'cut'),
      link('telemetry', 'black-hole'),
      link('telemetry', 'latency', SLOW_MS),
      receiver('answers 503'),
      link('telemetry', 'reset'),
      receiver('answers garbage'),
    ],
  ),
];

export const availability = toExperiment({
  name: 'availability',
  title: 'Are home and product pages there, whichever dependency fails and however?',
  expected: 'Yes: what was seen before is known, and all else can be done without. Orders may have to wait.',
  stages: (_, { database }) => stages(database === 'postgres'),
  degrades: { product: AWAY, recommendations: [...AWAY, 'flag-off'], featured: AWAY, flags: ['unreachable'] },
  bounds: { served: 0.999, wholeAgainS: WHOLE_AGAIN_S },
});
