import { type ScenarioName, faultScenarios, scenarioNames } from '@film-store/contracts';
import { pause } from '../exactly-once/client.ts';
import type { Settings } from '../experiment.ts';
import type { Random } from '../random.ts';
import { type StoreFault, faultAt, link, mends, receiver, scenario } from '../store/faults.ts';
import { flagsFile } from '../store/flags-file.ts';
import type { ChaosStore } from '../store/start-store.ts';

/** Duration of each fault, and of the pause until the next one, in milliseconds. */
const LASTS_MS = [700, 1800] as const;
const WELL_MS = [300, 900] as const;
const TTL_MS = 30_000;
const SLOW_MS = 300;

const byFaults = (name: ScenarioName): boolean => faultScenarios[name].by === 'faults';

/** All scenarios and all kinds of faults except kills: a new process has no leaks. */
export const soakFaults = (database: Settings['database']): readonly StoreFault[] => [
  ...scenarioNames.filter(byFaults).map(scenario),
  faultAt('catalog', 'catalog responds slowly', { point: 'inbound', kind: 'slow-body', ms: SLOW_MS }),
  faultAt('catalog', 'responses of catalog break off', { point: 'inbound', kind: 'truncate' }),
  faultAt('recommendations', 'recommendations hang', { point: 'inbound', kind: 'hang' }),
  faultAt('gateway', 'Redis hangs', { point: 'redis', kind: 'hang' }),
  link('catalog', 'reset'),
  link('recommendations', 'black-hole'),
  link('redis', 'latency', SLOW_MS),
  link('redis', 'black-hole'),
  link('redis', 'reset'),
  ...(database === 'postgres'
    ? [link('database', 'latency', SLOW_MS), link('database', 'black-hole'), link('database', 'reset')]
    : []),
  flagsFile('gone'),
  flagsFile('garbage'),
  link('telemetry', 'black-hole'),
  link('telemetry', 'reset'),
  receiver('responds with 503'),
];

/** Deals all cards in random order before it deals one again. */
export function createDeck<T>(cards: readonly T[], random: Random): () => T {
  let left: T[] = [];
  return () => {
    if (left.length === 0) left = [...cards];
    const drawn = random.pick(left);
    left.splice(left.indexOf(drawn), 1);
    return drawn;
  };
}

/** Starts and ends one fault after another, with pauses. */
export class Toggling {
  readonly all: readonly StoreFault[];
  readonly #store: ChaosStore;
  readonly #random: Random;
  readonly #deal: () => StoreFault;
  readonly #seen = new Set<StoreFault>();
  #begun = 0;
  #failed = 0;
  #current: StoreFault | undefined;

  constructor(store: ChaosStore, all: readonly StoreFault[], random: Random) {
    this.all = all;
    this.#store = store;
    this.#random = random.fork();
    this.#deal = createDeck(all, random.fork());
  }

  /** Name of the active fault. */
  get current(): string | undefined {
    return this.#current?.name;
  }

  get begun(): number {
    return this.#begun;
  }

  /** Number of faults whose start or end failed because their service was overloaded. */
  get failed(): number {
    return this.#failed;
  }

  /** Faults that never took effect. */
  get neverThere(): readonly string[] {
    return this.all.filter((fault) => !this.#seen.has(fault)).map(({ name }) => name);
  }

  /**
   * Runs until the signal ends. No fault is active when it resolves.
   * @throws Error if a fault cannot be ended
   */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const fault = this.#deal();
      try {
        await this.#toggle(fault, signal);
      } catch {
        this.#failed += 1;
      }
      await pause(this.#random.between(...WELL_MS), signal);
    }
    // A fault whose end failed lasts until its time is over.
    for (const { mend } of mends) await mend(this.#store);
  }

  async #toggle(fault: StoreFault, signal: AbortSignal): Promise<void> {
    this.#begun += 1;
    this.#current = fault;
    try {
      const isThere = await fault.begin(this.#store, TTL_MS);
      await pause(this.#random.between(...LASTS_MS), signal);
      if (await isThere()) this.#seen.add(fault);
    } finally {
      this.#current = undefined;
      await fault.end?.(this.#store);
    }
  }
}
