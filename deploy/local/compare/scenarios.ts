import { type Mix, MOSTLY_READS, USUAL_MIX } from './requests.ts';

/** A fault of the calls to one service, outside both gateways. */
export type CallFault =
  /** Holds every call until the fault ends, as a paused process does. */
  | { readonly kind: 'hang' }
  /** Responds to a fraction of the calls with 500. */
  | { readonly kind: 'flaky'; readonly fraction: number }
  /** Serves the calls one after another. A call whose caller has left takes no time, as a read in our services. */
  | { readonly kind: 'capacity'; readonly callsPerSecond: number };

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** The service whose calls fail. */
  readonly service: string;
  readonly fault: CallFault;
  /** The load during the fault. */
  readonly load: { readonly rps: number; readonly mix: Mix };
}

/** The load without a fault, to each gateway. It has three orders per second. */
export const NORMAL_LOAD: Scenario['load'] = { rps: 15, mix: USUAL_MIX };
/** Calls per second that catalog serves in the overload: enough for the normal load. */
const CATALOG_CAPACITY = 16;
const OVERLOAD = 5;

/** The faults of a comparison. The naive gateway calls these services only. */
export const scenarios: readonly Scenario[] = [
  // #region part: recommendations
  {
    name: 'recommendations-hang',
    title: 'Recommendations hang',
    service: 'recommendations',
    fault: { kind: 'hang' },
    load: NORMAL_LOAD,
  },
  // #endregion part: recommendations
  {
    name: 'catalog-hang',
    title: 'Catalog hangs',
    service: 'catalog',
    fault: { kind: 'hang' },
    load: NORMAL_LOAD,
  },
  {
    name: 'catalog-flaky',
    title: 'One in five calls to catalog fails',
    service: 'catalog',
    fault: { kind: 'flaky', fraction: 0.2 },
    load: NORMAL_LOAD,
  },
  {
    name: 'overload',
    title: `${OVERLOAD} × the load that catalog can serve`,
    service: 'catalog',
    fault: { kind: 'capacity', callsPerSecond: CATALOG_CAPACITY },
    // The additional requests are reads: about as many orders as in the normal load.
    load: { rps: OVERLOAD * CATALOG_CAPACITY, mix: MOSTLY_READS },
  },
];
