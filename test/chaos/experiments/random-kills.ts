import type { Random } from '../random.ts';
import { type StoreFault, gone, killed, link, paused, scenario } from '../store/faults.ts';
import type { Stage } from '../store/design.ts';
import { type ExpectedSignal, degraded, retries, startsAgain, waits } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { UNREACHABLE, SERVED, STARTED_AGAIN_S } from './expectations.ts';

const STAGES = 6;
const LASTS_MS = [1000, 5000] as const;
/** Shortest response time of catalog while it is slow, in milliseconds. */
const SLOW_MS = 150;

interface Trick {
  readonly fault: StoreFault;
  readonly shows: readonly ExpectedSignal[];
}

/** Faults that may overlap. They spare the gateway, which has no replica here. */
const bag: readonly (readonly Trick[])[] = [
  [
    { fault: killed('catalog'), shows: [degraded('product', UNREACHABLE), startsAgain('catalog')] },
    { fault: gone('catalog'), shows: [degraded('product', UNREACHABLE)] },
    { fault: paused('catalog'), shows: [degraded('product', UNREACHABLE)] },
    { fault: scenario('catalog-slow'), shows: [waits('product', SLOW_MS)] },
    { fault: scenario('catalog-flaky'), shows: [retries('catalog')] },
  ],
  // #region part: recommendations
  // The home page misses recommendations, because a product page requests none while their flag has no definition.
  [
    {
      fault: killed('recommendations'),
      shows: [degraded('featured', UNREACHABLE), startsAgain('recommendations')],
    },
    { fault: paused('recommendations'), shows: [degraded('featured', UNREACHABLE)] },
    { fault: scenario('recommendations-down'), shows: [degraded('featured', UNREACHABLE)] },
  ],
  // #endregion part: recommendations
  [
    { fault: killed('redis'), shows: [startsAgain('redis')] },
    { fault: link('redis', 'black-hole'), shows: [] },
    { fault: link('redis', 'reset'), shows: [] },
    { fault: scenario('redis-down'), shows: [] },
  ],
  [
    { fault: scenario('flags-down'), shows: [degraded('flags', ['unreachable'])] },
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
    product: UNREACHABLE,
    // #region part: recommendations
    recommendations: [...UNREACHABLE, 'flag-off'],
    // #endregion part: recommendations
    featured: UNREACHABLE,
    flags: ['unreachable'],
  },
  bounds: { served: SERVED, wholeAgainS: STARTED_AGAIN_S },
});
