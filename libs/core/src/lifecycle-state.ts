export type Phase = 'starting' | 'serving' | 'draining';

/** Where a service is in its life. It is ready in none but `serving`, and there is no way back. */
export class LifecycleState {
  #current: Phase = 'starting';

  get current(): Phase {
    return this.#current;
  }

  /** All that it needs to serve is there. A service that drains already goes on doing so. */
  serve(): void {
    if (this.#current === 'starting') this.#current = 'serving';
  }

  drain(): void {
    this.#current = 'draining';
  }
}
