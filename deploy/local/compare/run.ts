import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../clock.ts';
import { services } from '../services.ts';
import { Stops } from '../stops.ts';
import { allOrStop } from './all-or-stop.ts';
import { Load, type LoadPhase } from './load.ts';
import { Observer } from './observer.ts';
import type { Phase, RunState } from './report.ts';
import { NORMAL_LOAD, type CallFault, type Scenario } from './scenarios.ts';
import { type Side, type StartGateway, startNaiveGateway, startOurGateway, startSide } from './side.ts';

/** Durations of the phases with load, in seconds. */
export interface Durations {
  readonly warmUp: number;
  readonly fault: number;
  readonly recovery: number;
}

/** Least stock of a film of the load. A run orders each film less often. */
const ENOUGH = 100;
const SECOND_MS = 1000;

/** One comparison: two stores, one load, one fault. It ends by itself and stops all that it started. */
export class Run {
  readonly #scenario: Scenario;
  readonly #durations: Durations;
  readonly #clock: Clock;
  readonly #stops = new Stops();
  readonly #ended = Promise.withResolvers<void>();
  #phase: Phase = 'starting';
  #ready = 0;
  #observer: Observer | undefined;
  #loadFrom = 0;
  #faultFrom: number | null = null;
  #faultTo: number | null = null;
  #problem: string | null = null;
  /** Set when the run begins to end. Its end aborts the requests of the customers. */
  #atEnd: { readonly customers: RunState['customers'] } | undefined;

  constructor(scenario: Scenario, durations: Durations, clock: Clock = systemClock) {
    this.#scenario = scenario;
    this.#durations = durations;
    this.#clock = clock;
    void this.#run();
  }

  get isRunning(): boolean {
    return this.#phase !== 'ended' && this.#phase !== 'failed';
  }

  /** Resolves when all processes of the run have ended. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get state(): RunState {
    const { warmUp, fault, recovery } = this.#durations;
    const passedS = (this.#clock.now() - this.#loadFrom) / SECOND_MS;
    const observer = this.#observer;
    return {
      scenario: this.#scenario.name,
      phase: this.#phase,
      ready: this.#ready,
      processes: 2 * services.length,
      remainingS:
        this.#loadFrom === 0 || this.#atEnd ? 0 : Math.max(0, Math.ceil(warmUp + fault + recovery - passedS)),
      seconds: observer?.seconds ?? [],
      faultFrom: this.#faultFrom,
      faultTo: this.#faultTo,
      customers: this.#atEnd ? this.#atEnd.customers : (observer?.customers ?? null),
      sentence: observer?.sentence ?? '',
      problem: this.#problem,
    };
  }

  /** Ends the run early. Resolves when all its processes have ended. Idempotent. */
  async stop(): Promise<void> {
    this.#beginEnd();
    await this.#stops.stop().catch(() => undefined);
    await this.ended;
  }

  /** Kills all processes of the run. */
  kill(): void {
    this.#stops.forceStop();
  }

  async #run(): Promise<void> {
    const start = (startGateway: StartGateway): Promise<Side> =>
      startSide(startGateway, this.#stops, () => void (this.#ready += 1));
    try {
      const [ours, twin] = await allOrStop(this.#stops, [start(startOurGateway), start(startNaiveGateway)]);
      await this.#load(ours, twin);
    } catch (error) {
      if (!this.#atEnd) this.#problem = error instanceof Error ? error.message : String(error);
    }
    this.#beginEnd();
    await this.#stops.stop().catch((error: unknown) => {
      this.#problem ??= String(error);
    });
    this.#phase = this.#problem === null ? 'ended' : 'failed';
    this.#ended.resolve();
  }

  #beginEnd(): void {
    if (this.#atEnd) return;
    this.#atEnd = { customers: this.#observer?.customers ?? null };
    this.#phase = 'stopping';
  }

  async #load(ours: Side, twin: Side): Promise<void> {
    // From the twin, which has no cache: ours does not begin with a fuller one.
    const films = await readFilms(twin.url);
    const observer = new Observer(ours, twin);
    this.#observer = observer;
    const targets = [
      { url: ours.url, receiver: observer.ours.tally },
      { url: twin.url, receiver: observer.twin.tally },
    ];
    const load = this.#stops.add(new Load(targets, films, randomUUID()));
    this.#loadFrom = this.#clock.now();
    this.#stops.add(this.#observe(observer));

    const { warmUp, fault: faultS, recovery } = this.#durations;
    const send = async (phase: Phase, fault: CallFault | undefined, toSend: LoadPhase): Promise<void> => {
      if (this.#atEnd) return;
      this.#phase = phase;
      if (phase === 'fault') this.#faultFrom = observer.seconds.length;
      if (phase === 'recovery') this.#faultTo = observer.seconds.length;
      for (const { links } of [ours, twin]) links.get(this.#scenario.service)?.set(fault);
      await load.send(toSend);
    };
    await send('warm-up', undefined, { ...NORMAL_LOAD, seconds: warmUp });
    await send('fault', this.#scenario.fault, { ...this.#scenario.load, seconds: faultS });
    await send('recovery', undefined, { ...NORMAL_LOAD, seconds: recovery });
  }

  /** Ends a second once a second, until the returned observation is stopped. */
  #observe(observer: Observer): { stop(): Promise<void> } {
    let cancel = () => {};
    let isStopped = false;
    const end = async (nth: number): Promise<void> => {
      await observer.endSecond(this.#faultFrom === null ? -1 : nth - this.#faultFrom);
      if (!isStopped) wait(nth + 1);
    };
    const wait = (nth: number): void => {
      const dueMs = this.#loadFrom + nth * SECOND_MS - this.#clock.now();
      cancel = this.#clock.after(Math.max(0, dueMs), () => void end(nth));
    };
    wait(1);
    return {
      async stop() {
        isStopped = true;
        cancel();
      },
    };
  }
}

/** Returns the films whose stock lasts for the orders of a run. @param url of a gateway */
async function readFilms(url: string): Promise<string[]> {
  const { items } = (await readJson(`${url}/api/products`)) as { items: { id: string }[] };
  const pages = await Promise.all(items.map(({ id }) => readJson(`${url}/api/products/${id}`)));
  const films = (pages as { product: { id: string }; availability: { quantity: number } }[])
    .filter(({ availability }) => availability.quantity >= ENOUGH)
    .map(({ product }) => product.id);
  if (films.length === 0) throw new Error(`no film has a stock of ${ENOUGH}`);
  return films;
}

async function readJson(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} responds with status ${response.status}`);
  return response.json();
}
