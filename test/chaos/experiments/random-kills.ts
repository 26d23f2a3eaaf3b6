import type { ScenarioName } from '@film-store/contracts';
import { degradable } from '../../../deploy/local/services.ts';
import type { Random } from '../random.ts';
import { type StoreFault, gone, killed, link, paused, scenario } from '../store/faults.ts';
import { FLAGS_DEGRADED, FLAG_OFF } from '../store/flags-file.ts';
import type { Stage } from '../store/design.ts';
import { type ExpectedSignal, degraded, retries, startsAgain, waits } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { ALL_PARTS, UNREACHABLE, SERVED, STARTED_AGAIN_S, toFeature } from './expectations.ts';

const STAGES = 6;
const LASTS_MS = [1000, 5000] as const;
/** Shortest response time of catalog while it is slow, in milliseconds. */
const SLOW_MS = 150;

interface Trick {
  readonly fault: StoreFault;
  readonly shows: readonly ExpectedSignal[];
}

/** The parts that the home page lacks while a service fails, where they are not those of a product page. */
const AT_HOME: Readonly<Record<string, string>> = {
  // #region part: recommendations
  // A product page requests no recommendations while their flag has no definition.
  recommendations: 'featured',
  // #endregion part: recommendations
};

/** Faults that may overlap. They spare the gateway, which has no replica here. */
const bag: readonly (readonly Trick[])[] = [
  [
    { fault: killed('catalog'), shows: [degraded('product', UNREACHABLE), startsAgain('catalog')] },
    { fault: gone('catalog'), shows: [degraded('product', UNREACHABLE)] },
    { fault: paused('catalog'), shows: [degraded('product', UNREACHABLE)] },
    { fault: scenario('catalog-slow'), shows: [waits('product', SLOW_MS)] },
    { fault: scenario('catalog-flaky'), shows: [retries('catalog')] },
  ],
  ...degradable.map((name): readonly Trick[] => {
    const shows = [degraded(AT_HOME[name] ?? toFeature(name), UNREACHABLE)];
    return [
      { fault: killed(name), shows: [...shows, startsAgain(name)] },
      { fault: paused(name), shows },
      { fault: scenario(`${name}-down` as ScenarioName), shows },
    ];
  }),
  [
    { fault: killed('redis'), shows: [startsAgain('redis')] },
    { fault: link('redis', 'black-hole'), shows: [] },
    { fault: link('redis', 'reset'), shows: [] },
    { fault: scenario('redis-down'), shows: [] },
  ],
  [
    // #region part: flags
    { fault: scenario('flags-down'), shows: [degraded('flags', ['unreachable'])] },
    // #endregion part: flags
    { fault: link('telemetry', 'black-hole'), shows: [] },
    { fault: link('telemetry', 'reset'), shows: [] },
  ],
];

/** One to three faults at a time, of different kinds. */
function drawStage(random: Random): Stage {
  const left = [...bag];
  const tricks = Array.from({ length: Math.floor(random.between(1, 4)) }, () => {
    const kind = random.pick(left);
    left.splice(left.indexOf(kind), 1);
    return random.pick(kind);
  });
  return {
    faults: tricks.map(({ fault }) => fault),
    shows: tricks.flatMap(({ shows }) => shows),
    lastsMs: Math.round(random.between(...LASTS_MS)),
  };
}

export const randomKills = toExperiment({
  name: 'random-kills',
  title: 'Does the store survive random failures?',
  expected: 'Pages that were seen before arrive, whatever fails. The seed determines the failures.',
  stages: (random) => Array.from({ length: STAGES }, () => drawStage(random)),
  degrades: {
    ...ALL_PARTS,
    // #region part: recommendations
    recommendations: [...UNREACHABLE, ...FLAG_OFF],
    // #endregion part: recommendations
    ...FLAGS_DEGRADED,
  },
  bounds: { served: SERVED, wholeAgainS: STARTED_AGAIN_S },
});
