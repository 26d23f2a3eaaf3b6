import type { ServiceState, ServiceSnapshot, SystemSnapshot } from '../system-state.ts';
import type { InstanceSnapshot } from './poll-instances.ts';

export interface SystemSample {
  /** Milliseconds on the monotonic clock. */
  readonly at: number;
  /** This service first, then its peers. */
  readonly services: readonly InstanceSnapshot[];
}

/** Returns the snapshot of a sample. Rates are the increase of totals since the previous sample. */
export function toSnapshot(
  previous: SystemSample | undefined,
  { at, services }: SystemSample,
): Pick<SystemSnapshot, 'services' | 'edges' | 'responsesPerSecond'> {
  const seconds = previous ? (at - previous.at) / 1000 : 0;
  const before = new Map<string, ServiceState>();
  for (const each of seconds > 0 && previous ? previous.services : [])
    if ('state' in each) before.set(each.name, each.state);
  const states = services.flatMap((each) => ('state' in each ? [each] : []));
  const [own] = states;
  return {
    services: services.map((each) => toService(each, before.get(each.name), seconds)),
    edges: states.flatMap(({ name, state }) => toEdges(name, state, before.get(name), seconds)),
    responsesPerSecond: own ? toResponseRates(own.state, before.get(own.name), seconds) : null,
  };
}

/** A total that became smaller belongs to a process that was restarted: it counts from 0. */
const increase = (total: number, before: number): number => (total < before ? total : total - before);
const perSecond = (count: number, seconds: number): number => Math.round((count / seconds) * 10) / 10;

type Totals<K extends string> = Readonly<Record<K, number>>;

const toRates = <K extends string>(
  totals: Totals<K>,
  before: Totals<K>,
  seconds: number,
): Record<K, number> =>
  Object.fromEntries(
    Object.keys(totals).map((key) => [key, perSecond(increase(totals[key as K], before[key as K]), seconds)]),
  ) as Record<K, number>;

function toService(
  service: InstanceSnapshot,
  before: ServiceState | undefined,
  seconds: number,
): ServiceSnapshot {
  const { name } = service;
  if ('reason' in service) {
    const unknown = { failingChecks: [], rssMiB: null, loopDelayMs: null, loadShedding: null };
    return { name, status: 'unreachable', reason: service.reason, ...unknown };
  }
  const { status, failingChecks, rssMiB, loopDelayMs, loadShedding } = service.state;
  return {
    name,
    status,
    reason: null,
    failingChecks,
    rssMiB,
    loopDelayMs,
    loadShedding: loadShedding && toLoadShedding(loadShedding, before?.loadShedding, seconds),
  };
}

type LoadShedding = NonNullable<ServiceState['loadShedding']>;

function toLoadShedding(
  { rejected, ...limiter }: LoadShedding,
  before: LoadShedding | null | undefined,
  seconds: number,
) {
  return { ...limiter, shedPerSecond: before ? toRates(rejected, before.rejected, seconds) : null };
}

function toEdges(
  from: string,
  { upstreams }: ServiceState,
  before: ServiceState | undefined,
  seconds: number,
): SystemSnapshot['edges'] {
  return upstreams.map(({ name, calls, ...policies }) => {
    const earlier = before?.upstreams.find((upstream) => upstream.name === name)?.calls;
    return { from, to: name, ...toCallRates(calls, earlier, seconds), ...policies };
  });
}

type Calls = ServiceState['upstreams'][number]['calls'];

function toCallRates(calls: Calls, before: Calls | undefined, seconds: number) {
  if (!before) return { perSecond: null, errorRate: null, rejectedPerSecond: null };
  const failures = increase(calls.failure, before.failure);
  const others = increase(calls.success, before.success) + increase(calls.ignored, before.ignored);
  const ended = failures + others;
  return {
    perSecond: perSecond(ended, seconds),
    errorRate: ended === 0 ? null : failures / ended,
    rejectedPerSecond: perSecond(increase(calls.rejected, before.rejected), seconds),
  };
}

function toResponseRates(
  { responses, loadShedding }: ServiceState,
  before: ServiceState | undefined,
  seconds: number,
): SystemSnapshot['responsesPerSecond'] {
  if (!before) return null;
  const shed = loadShedding && toLoadShedding(loadShedding, before.loadShedding, seconds).shedPerSecond;
  return {
    ...toRates(responses, before.responses, seconds),
    shed: shed ? shed.critical + shed.normal + shed.sheddable : 0,
  };
}
