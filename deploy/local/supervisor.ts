import { type Clock, systemClock } from './clock.ts';
import { type Lifecycle, type LifecycleEvent, transition } from './lifecycle.ts';
import type { Service } from './readiness.ts';

export interface SupervisorOptions {
  readonly name: string;
  readonly launch: () => Service;
  /** Called after every change of state. Must not throw. */
  readonly onChange?: ((state: Lifecycle, supervisor: Supervisor) => void) | undefined;
  readonly clock?: Clock;
}

/** Restarts a service that dies, with growing delays, until it is stopped. */
export class Supervisor {
  readonly name: string;
  readonly #options: SupervisorOptions;
  readonly #clock: Clock;
  #state: Lifecycle = { kind: 'down' };
  #service: Service | undefined;
  #cancelRestart = () => {};

  constructor(options: SupervisorOptions) {
    this.name = options.name;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  get state(): Lifecycle {
    return this.#state;
  }

  /** The id of the running process. */
  get pid(): number | undefined {
    return this.#service?.pid;
  }

  /** Starts the service: at once if a restart is pending, after its exit if it is stopping. */
  start(): void {
    this.#handle({ kind: 'start' });
  }

  /** Waits for the process that runs now, but not for a later one. */
  async ready(): Promise<void> {
    if (!this.#service) throw new Error(`${this.name} is not running`);
    await this.#service.ready();
  }

  /** Sends a signal to the process. The supervisor restarts a process that dies of it. */
  kill(signal: NodeJS.Signals): void {
    this.#service?.kill(signal);
  }

  /** Stops the service until `start`. Resolves when the process has exited. Idempotent. */
  async stop(): Promise<void> {
    this.#handle({ kind: 'stop' });
    await this.#service?.exited;
  }

  #handle(event: LifecycleEvent): void {
    const before = this.#state;
    this.#state = transition(before, event, this.#clock.now());
    if (this.#state === before) return;
    this.#act(this.#state);
    this.#options.onChange?.(this.#state, this);
  }

  #act(state: Lifecycle): void {
    this.#cancelRestart();
    if (state.kind === 'up') this.#launch();
    if (state.kind === 'stopping') void this.#service?.stop();
    if (state.kind === 'backing-off') {
      this.#cancelRestart = this.#clock.after(state.delay, () => this.#handle({ kind: 'due' }));
    }
  }

  #launch(): void {
    this.#service = this.#options.launch();
    void this.#awaitExit(this.#service);
  }

  async #awaitExit(service: Service): Promise<void> {
    const exit = await service.exited;
    this.#service = undefined;
    this.#handle({ kind: 'exited', exit });
  }
}
