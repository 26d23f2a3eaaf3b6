import { degradable } from '../../../deploy/local/services.ts';
import { distributed } from '../distributed/distributed.ts';
import { exactlyOnce } from '../exactly-once/exactly-once.ts';
import type { Experiment } from '../experiment.ts';
import { soak } from '../soak/soak.ts';
import { availability } from './availability.ts';
import { flaky } from './flaky.ts';
import { garbage } from './garbage.ts';
import { gone } from './gone.ts';
import { hangs } from './hangs.ts';
import { killed } from './killed.ts';
import { randomKills } from './random-kills.ts';
import { region } from './region.ts';
import { slow } from './slow.ts';
import { twoAtOnce } from './two-at-once.ts';

/** The experiments of the ladder, from narrow to wide. */
export const ladder: readonly Experiment[] = [
  ...(degradable.length > 0 ? [killed, slow] : []),
  gone,
  hangs,
  flaky,
  garbage,
  twoAtOnce,
  region,
  randomKills,
];

export const experiments: readonly Experiment[] = [...ladder, availability, exactlyOnce, distributed, soak];
