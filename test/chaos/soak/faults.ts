import { type ScenarioName, faultScenarios, scenarioNames } from '@film-store/contracts';
import { pause } from '../exactly-once/client.ts';
import type { Settings } from '../experiment.ts';
import type { Random } from '../random.ts';
import { type StoreFault, faultAt, flagsFile, link, mends, receiver, scenario } from '../store/faults.ts';
import type { ChaosStore } from '../store/start-store.ts';

/** How long a fault is there, and how long all is well until the next, in milliseconds. */
const LASTS_MS = [700, 1800] as const;
const WELL_MS = [300, 900] as const;
const TTL_MS = 30_000;
const SLOW_MS = 300;

const byFaults = (name: ScenarioName): boolean => faultScenarios[name].by === 'faults';

/** Every scenario and every kind of fault, but those that kill: who is born anew has forgotten what it leaked. */
export const soakFaults = (database: Settings['database']): readonly StoreFault[] => [
  ...scenarioNames.filter(byFaults).map(scenario),
  faultAt('catalog', 'catalog answers slowly', { point: 'inbound', kind: 'slow-body', ms: SLOW_MS }),
  faultAt('catalog', 'answers of catalog break off', { point: 'inbound', kind: 'truncate' }),
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
  receiver('answers 503'),
];

/** Deals all cards, drawn at random, before it deals one again. */
export function createDeck<T>(cards: readonly T[], random: Random): () => T {
  let left: T[] = [];
  return () => {
    if (left.length === 0) left = [...cards];
    const drawn = random.pick(left);
    left.splice(left.indexOf(drawn), 1);
    return drawn;
  };
}

/** Begins and ends one fault after another, with pauses. */
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

  /** The name of what is broken now. */
  get current(): string | undefined {
    return this.#current?.name;
  }

  get begun(): number {
    return this.#begun;
  }

  /** How often one could not be begun or ended, as its service had too much to do. */
  get failed(): number {
    return this.#failed;
  }

  /** Those that were not once seen to take hold. */
  get neverThere(): readonly string[] {
    return this.all.filter((fault) => !this.#seen.has(fault)).map(({ name }) => name);
  }

  /**
   * Goes on until the signal ends; all is well again when it resolves.
   * @throws Error where something cannot be mended
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
    // One that could not be ended would go on until its time is over.
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
