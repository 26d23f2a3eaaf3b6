import type { Degradation } from '@film-store/degradation';
import type { ServiceState } from './system-state.ts';

type DegradedFeature = ServiceState['degraded'][number];

/** How requests were answered since the start, those of operators left out. Refused ones are the admission's to count. */
export class AnswerCounts {
  #good = 0;
  #degraded = 0;
  #failed = 0;
  readonly #features = new Map<string, DegradedFeature>();

  /** An answer has been sent; one that blames its client is as good as any. */
  answered(status: number, degraded: boolean): void {
    if (status >= 500) this.#failed += 1;
    else if (degraded) this.#degraded += 1;
    else this.#good += 1;
  }

  /** A feature of an answer is degraded. */
  degraded({ feature, reason, source }: Degradation): void {
    const responses = (this.#features.get(feature)?.responses ?? 0) + 1;
    this.#features.set(feature, { feature, reason, source, responses });
  }

  describe(): Pick<ServiceState, 'responses' | 'degraded'> {
    return {
      responses: { good: this.#good, degraded: this.#degraded, failed: this.#failed },
      degraded: [...this.#features.values()],
    };
  }
}
