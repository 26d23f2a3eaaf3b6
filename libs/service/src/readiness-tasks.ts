import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';

/** Must settle soon after `signal` aborts. */
type Task = (signal: AbortSignal) => Promise<void> | void;

/**
 * Runs the tasks of a service that must end before it is ready, such as migrations. Modules add tasks while they are
 * initialized. The tasks run in this order after the service listens, so that liveness probes succeed meanwhile. A task
 * that throws ends the service; a task that only needs more time must retry by itself.
 */
@Injectable()
export class ReadinessTasks implements BeforeApplicationShutdown {
  readonly #tasks: Task[] = [];
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  add(task: Task): void {
    this.#tasks.push(task);
  }

  /** Runs the tasks once. @throws the error of a task, or an Error when the service is stopped meanwhile */
  run(): Promise<void> {
    return (this.#running ??= this.#run());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort(new Error('stopped before it was ready'));
    await this.#running?.catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (const task of this.#tasks) {
      signal.throwIfAborted();
      await task(signal);
    }
    signal.throwIfAborted();
  }
}
