import { type ServiceName, called } from '../../../deploy/local/services.ts';
import { type StoreFault, faultAt, gone, link, receiver } from '../store/faults.ts';
import { FLAGS_DEGRADED, FLAG_OFF, flagsFile } from '../store/flags-file.ts';
import type { Stage } from '../store/design.ts';
import { type ExpectedSignal, degraded } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { ALL_PARTS, UNREACHABLE, WHOLE_AGAIN_S, toFeature } from './expectations.ts';

const LASTS_MS = 6000;
const SLOW_MS = 400;

const showing = (shows: readonly ExpectedSignal[], faults: readonly StoreFault[]): Stage[] =>
  faults.map((fault) => ({ faults: [fault], lastsMs: LASTS_MS, shows }));

/** Failures of a service: by its network and process, and by its own faults for the rest. */
const forService = (name: ServiceName): StoreFault[] => [
  gone(name),
  link(name, 'black-hole'),
  faultAt(name, `${name} responds with 503`, { point: 'inbound', kind: 'status', status: 503 }),
  link(name, 'reset'),
  faultAt(name, `${name} sends garbage`, { point: 'inbound', kind: 'garbage' }),
];

/**
 * Every dependency in every failure mode: down, hanging, slow, failing, reset, sending garbage. Clients need not notice
 * failures of Redis, of telemetry, or of a slow upstream that the timeout tolerates.
 */
const stages = (onPostgres: boolean): Stage[] => [
  ...called.flatMap((name) => showing([degraded(toFeature(name), UNREACHABLE)], forService(name))),
  ...showing(
    [],
    [
      ...called.map((name) => link(name, 'latency', SLOW_MS)),
      gone('redis'),
      link('redis', 'black-hole'),
      link('redis', 'latency', SLOW_MS),
      faultAt('gateway', 'Redis fails', { point: 'redis', kind: 'status', status: 503 }),
      link('redis', 'reset'),
      faultAt('gateway', 'Redis executes commands, and its replies are lost', {
        point: 'redis',
        kind: 'garbage',
      }),
    ],
  ),
  ...showing(
    [degraded('product', UNREACHABLE)],
    [
      ...(onPostgres
        ? [link('database', 'cut'), link('database', 'black-hole')]
        : [
            faultAt('catalog', 'the database is down', { point: 'database', kind: 'reset' }),
            faultAt('catalog', 'the database hangs', { point: 'database', kind: 'hang' }),
          ]),
      faultAt('catalog', 'the database fails', { point: 'database', kind: 'status', status: 503 }),
      ...(onPostgres ? [link('database', 'reset')] : []),
      faultAt('catalog', 'the database executes statements, and its replies are lost', {
        point: 'database',
        kind: 'garbage',
      }),
    ],
  ),
  // #region part: flags
  ...showing(
    [
      degraded('flags', ['unreachable']),
      // #region part: recommendations
      degraded('recommendations', ['flag-off']),
      // #endregion part: recommendations
    ],
    [flagsFile('gone')],
  ),
  // Garbage is not noticed, because the last good flags stay.
  ...showing([], [flagsFile('garbage')]),
  // #endregion part: flags
  ...showing(
    [],
    [
      onPostgres
        ? link('database', 'latency', SLOW_MS)
        : faultAt('catalog', 'the database is slow', { point: 'database', kind: 'delay', ms: SLOW_MS }),
      link('telemetry', 'cut'),
      link('telemetry', 'black-hole'),
      link('telemetry', 'latency', SLOW_MS),
      receiver('responds with 503'),
      link('telemetry', 'reset'),
      receiver('sends garbage'),
    ],
  ),
];

export const availability = toExperiment({
  name: 'availability',
  title: 'Do home and product pages arrive, whichever dependency fails and however?',
  expected:
    'Yes: pages that were seen before come from the last-known-good store, and everything else is optional. Orders may wait.',
  stages: (_, { database }) => stages(database === 'postgres'),
  degrades: {
    ...ALL_PARTS,
    // #region part: recommendations
    recommendations: [...UNREACHABLE, ...FLAG_OFF],
    // #endregion part: recommendations
    ...FLAGS_DEGRADED,
  },
  bounds: { served: 0.999, wholeAgainS: WHOLE_AGAIN_S },
});
