export type Phase = 'starting' | 'serving' | 'draining';

/** Holds the phase of a service. It is ready in `serving` only, and never returns to an earlier phase. */
export class LifecycleState {
  #current: Phase = 'starting';

  get current(): Phase {
    return this.#current;
  }

  /** Starts serving, unless the service already drains. */
  serve(): void {
    if (this.#current === 'starting') this.#current = 'serving';
  }

  drain(): void {
    this.#current = 'draining';
  }
}
