import { z } from 'zod';
import type { BreakerSeen } from './explain.ts';

const count = z.number();
/** The part of `/ops/state` that explains a difference. */
const state = z.object({
  loadShedding: z.object({ rejected: z.record(z.string(), count) }).nullable(),
  upstreams: z.array(
    z.object({
      name: z.string(),
      calls: z.object({ rejected: count }),
      breaker: z.object({ state: z.string() }),
    }),
  ),
});

export interface PolicyEvents {
  readonly breakers: readonly BreakerSeen[];
  /** Calls that breakers rejected since the last call. */
  readonly rejectedCalls: number;
  /** Requests that load shedding rejected since the last call. */
  readonly shed: number;
}

const TIMEOUT_MS = 900;

/** Watches the policies of our gateway through `/ops/state`. */
export class OurPolicies {
  readonly #url: string;
  readonly #openedAfterS = new Map<string, number>();
  #last = { rejectedCalls: 0, shed: 0 };
  #breakers: readonly BreakerSeen[] = [];

  /** @param url of our gateway */
  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Reads the state. If the gateway does not respond, there are no events: the next response counts them.
   * @param faultS seconds since the begin of the fault, negative before
   */
  async read(faultS: number): Promise<PolicyEvents> {
    const response = await fetch(`${this.#url}/ops/state`, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
      () => undefined,
    );
    const parsed = state.safeParse(await response?.json().catch(() => undefined));
    return parsed.success
      ? this.#toEvents(parsed.data, faultS)
      : { breakers: this.#breakers, rejectedCalls: 0, shed: 0 };
  }

  #toEvents({ upstreams, loadShedding }: z.infer<typeof state>, faultS: number): PolicyEvents {
    for (const { name, breaker } of upstreams)
      if (faultS >= 0 && breaker.state !== 'closed' && !this.#openedAfterS.has(name))
        this.#openedAfterS.set(name, Math.round(faultS));
    const last = this.#last;
    this.#last = {
      rejectedCalls: sum(upstreams.map(({ calls }) => calls.rejected)),
      shed: sum(Object.values(loadShedding?.rejected ?? {})),
    };
    this.#breakers = upstreams.flatMap(({ name, breaker }) => {
      const openedAfterS = this.#openedAfterS.get(name);
      return openedAfterS === undefined ? [] : [{ upstream: name, state: breaker.state, openedAfterS }];
    });
    return {
      breakers: this.#breakers,
      rejectedCalls: this.#last.rejectedCalls - last.rejectedCalls,
      shed: this.#last.shed - last.shed,
    };
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
