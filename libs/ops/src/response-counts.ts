import type { Degradation } from '@film-store/degradation';
import type { ServiceState } from './system-state.ts';

/** Counts the responses of a service since its start, except responses to operators and shed requests. */
export class ResponseCounts {
  readonly #responses = { good: 0, degraded: 0, failed: 0 };
  readonly #features = new Map<string, ServiceState['degraded'][number]>();

  /** Counts a response that was sent. A response with a 4xx status counts as good. */
  recordResponse(status: number, degraded: boolean): void {
    if (status >= 500) this.#responses.failed += 1;
    else if (degraded) this.#responses.degraded += 1;
    else this.#responses.good += 1;
  }

  recordDegradation({ feature, reason, source }: Degradation): void {
    const responses = (this.#features.get(feature)?.responses ?? 0) + 1;
    this.#features.set(feature, { feature, reason, source, responses });
  }

  describe(): Pick<ServiceState, 'responses' | 'degraded'> {
    return { responses: { ...this.#responses }, degraded: [...this.#features.values()] };
  }
}
