import type { ServiceState, ServiceSnapshot, SystemSnapshot } from '../system-state.ts';
import type { InstanceSnapshot } from './poll-instances.ts';

export interface SystemSample {
  /** Milliseconds on the monotonic clock. */
  readonly at: number;
  /** This service first, then its peers. */
  readonly services: readonly InstanceSnapshot[];
}

/** The state of a service in the previous sample. */
interface Earlier {
  readonly state: ServiceState;
  /** Time since that sample, above 0. */
  readonly seconds: number;
}

/** Returns the snapshot of a sample. Rates are the increase of totals since the previous sample. */
export function toSnapshot(
  previous: SystemSample | undefined,
  { at, services }: SystemSample,
): Pick<SystemSnapshot, 'services' | 'edges' | 'responsesPerSecond'> {
  const seconds = previous ? (at - previous.at) / 1000 : 0;
  const earlier = new Map<string, Earlier>();
  for (const each of seconds > 0 && previous ? previous.services : [])
    if ('state' in each) earlier.set(each.name, { state: each.state, seconds });
  const states = services.flatMap((each) => ('state' in each ? [each] : []));
  const [own] = states;
  return {
    services: services.map((each) => toService(each, earlier.get(each.name))),
    edges: states.flatMap(({ name, state }) => toEdges(name, state, earlier.get(name))),
    responsesPerSecond: own ? toResponseRates(own.state, earlier.get(own.name)) : null,
  };
}

/** A total that became smaller belongs to a process that was restarted: it counts from 0. */
const increase = (total: number, before: number): number => (total < before ? total : total - before);
const perSecond = (count: number, seconds: number): number => Math.round((count / seconds) * 10) / 10;

type Totals<K extends string> = Readonly<Record<K, number>>;

const toRates = <K extends string>(totals: Totals<K>, before: Totals<K>, seconds: number) =>
  Object.fromEntries(
    Object.keys(totals).map((key) => [key, perSecond(increase(totals[key as K], before[key as K]), seconds)]),
  ) as Record<K, number>;

function toService(service: InstanceSnapshot, earlier: Earlier | undefined): ServiceSnapshot {
  const { name } = service;
  if ('reason' in service) {
    const unknown = { failingChecks: [], rssMiB: null, loopDelayMs: null, loadShedding: null };
    return { name, status: 'unreachable', reason: service.reason, ...unknown };
  }
  const { status, failingChecks, rssMiB, loopDelayMs } = service.state;
  const loadShedding = toLoadShedding(service.state, earlier);
  return { name, status, reason: null, failingChecks, rssMiB, loopDelayMs, loadShedding };
}

function toLoadShedding({ loadShedding }: ServiceState, earlier: Earlier | undefined) {
  if (!loadShedding) return null;
  const { rejected, ...limiter } = loadShedding;
  const before = earlier?.state.loadShedding?.rejected;
  return { ...limiter, shedPerSecond: before ? toRates(rejected, before, earlier.seconds) : null };
}

function toEdges(from: string, { upstreams }: ServiceState, earlier: Earlier | undefined) {
  return upstreams.map(({ name: to, calls, ...policies }) => {
    const before = earlier?.state.upstreams.find(({ name }) => name === to)?.calls;
    const rates = before
      ? toCallRates(calls, before, earlier.seconds)
      : { perSecond: null, errorRate: null, rejectedPerSecond: null };
    return { from, to, ...rates, ...policies };
  });
}

type Calls = ServiceState['upstreams'][number]['calls'];

function toCallRates(calls: Calls, before: Calls, seconds: number) {
  const failures = increase(calls.failure, before.failure);
  const others = increase(calls.success, before.success) + increase(calls.ignored, before.ignored);
  const ended = failures + others;
  return {
    perSecond: perSecond(ended, seconds),
    errorRate: ended === 0 ? null : failures / ended,
    rejectedPerSecond: perSecond(increase(calls.rejected, before.rejected), seconds),
  };
}

function toResponseRates(state: ServiceState, earlier: Earlier | undefined) {
  if (!earlier) return null;
  const shed = toLoadShedding(state, earlier)?.shedPerSecond;
  return {
    ...toRates(state.responses, earlier.state.responses, earlier.seconds),
    shed: shed ? shed.critical + shed.normal + shed.sheddable : 0,
  };
}
