import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';

/** Must end soon after `signal` aborts, be it by rejecting. */
type Step = (signal: AbortSignal) => Promise<void> | void;

/**
 * What a service has to do once before it is ready: migrations, say, or a first connection. Modules add their steps
 * while they are initialised; they are taken in that order, once the service listens, so that those who probe it can
 * tell one that starts from one that is dead. A step that fails ends the service; one that may only take longer, for
 * want of a database say, tries again.
 */
@Injectable()
export class ReadinessTasks implements BeforeApplicationShutdown {
  readonly #steps: Step[] = [];
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  add(step: Step): void {
    this.#steps.push(step);
  }

  /** @throws what a step throws, or an Error when the service is stopped meanwhile */
  run(): Promise<void> {
    return (this.#running ??= this.#takeSteps());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort(new Error('stopped before it had started'));
    await this.#running?.catch(() => undefined);
  }

  async #takeSteps(): Promise<void> {
    const { signal } = this.#stop;
    for (const step of this.#steps) {
      signal.throwIfAborted();
      await step(signal);
    }
    signal.throwIfAborted();
  }
}
