import type { Random } from '../random.ts';
import { type StoreFault, gone, killed, link, paused, scenario } from '../store/faults.ts';
import type { Stage } from '../store/design.ts';
import { experimentOf } from '../store/store-experiment.ts';
import { AWAY, SERVED, WHOLE_AGAIN_S } from './expectations.ts';

const STAGES = 6;
const LASTS_MS = [1000, 5000] as const;

/** Together they leave the gateway standing, which alone has nobody to take its place. */
const bag: readonly (readonly StoreFault[])[] = [
  [
    killed('catalog'),
    gone('catalog'),
    paused('catalog'),
    scenario('catalog-slow'),
    scenario('catalog-flaky'),
  ],
  [killed('recommendations'), paused('recommendations'), scenario('recommendations-down')],
  [killed('redis'), link('redis', 'black-hole'), link('redis', 'reset'), scenario('redis-down')],
  [scenario('flags-down'), link('telemetry', 'black-hole'), link('telemetry', 'reset')],
];

/** One to three things at a time, of different kinds. */
function drawStage(random: Random): Stage {
  const left = [...bag];
  const faults = Array.from({ length: Math.floor(random.between(1, 4)) }, () => {
    const kind = random.pick(left);
    left.splice(left.indexOf(kind), 1);
    return random.pick(kind);
  });
  return { faults, lastsMs: Math.round(random.between(...LASTS_MS)) };
}

export const monkey = experimentOf({
  name: 'monkey',
  title: 'Does the store withstand what nobody has thought of?',
  expected: 'Pages seen before come whatever it is. What the monkey does is drawn by the seed.',
  stages: (random) => Array.from({ length: STAGES }, () => drawStage(random)),
  degrades: { product: AWAY, recommendations: [...AWAY, 'flag-off'], featured: AWAY, flags: ['unreachable'] },
  bounds: { served: SERVED, wholeAgainS: WHOLE_AGAIN_S },
});
