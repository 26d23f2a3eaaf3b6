/** A fault of the calls to one service, outside both gateways. */
export type CallFault =
  /** Holds every call until the fault ends, as a paused process does. */
  | { readonly kind: 'hang' }
  /** Responds to a fraction of the calls with 500. */
  | { readonly kind: 'flaky'; readonly fraction: number }
  /** Serves the calls one after another, whether or not their callers still wait. */
  | { readonly kind: 'capacity'; readonly callsPerSecond: number };

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** The service whose calls fail. */
  readonly service: string;
  readonly fault: CallFault;
  /** Factor of the load during the fault. */
  readonly load: number;
}

/** Requests per second to each gateway while the load is normal. */
export const NORMAL_RPS = 15;
/** Calls per second that catalog serves in the overload. It is twice the number of its calls in the normal load. */
const CATALOG_CAPACITY = 30;
const OVERLOAD = 5;

/** The faults of a comparison. The naive gateway calls these services only. */
export const scenarios: readonly Scenario[] = [
  // #region part: recommendations
  {
    name: 'recommendations-hang',
    title: 'Recommendations hang',
    service: 'recommendations',
    fault: { kind: 'hang' },
    load: 1,
  },
  // #endregion part: recommendations
  { name: 'catalog-hang', title: 'Catalog hangs', service: 'catalog', fault: { kind: 'hang' }, load: 1 },
  {
    name: 'catalog-flaky',
    title: 'One in five calls to catalog fails',
    service: 'catalog',
    fault: { kind: 'flaky', fraction: 0.2 },
    load: 1,
  },
  {
    name: 'overload',
    title: `${(NORMAL_RPS * OVERLOAD) / CATALOG_CAPACITY} × the load that catalog can serve`,
    service: 'catalog',
    fault: { kind: 'capacity', callsPerSecond: CATALOG_CAPACITY },
    load: OVERLOAD,
  },
];
