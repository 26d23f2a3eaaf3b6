import type { Outcome } from '../benchmark.ts';
import type { Visit } from '../visits.ts';

/** A fault behind fresh gateways, naive ones and ours. */
export interface Fault {
  /** One sentence: the fault, its duration and the load on each gateway. */
  readonly load: string;
  readonly measure: (report: (progress: string) => void) => Promise<Outcome>;
}

export const WARM_UP = { rps: 50, seconds: 6 };
/** Most faults last so long. */
export const FAULT_S = 10;

export const isPage = ({ page }: Visit): boolean => page !== 'none';

export const failedShare = (visits: readonly Visit[]): number =>
  visits.filter((each) => !isPage(each)).length / visits.length;
