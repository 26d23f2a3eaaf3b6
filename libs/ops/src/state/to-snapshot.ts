import type { Edge, ServiceState, SystemSnapshot, WatchedService } from '../system-state.ts';
import type { InstanceSnapshot } from './poll-instances.ts';

/** All services at one time, on the monotonic clock, in milliseconds. */
export interface SystemSample {
  readonly at: number;
  /** The service that looks comes first. */
  readonly services: readonly InstanceSnapshot[];
}

/** What is told of a sight, the rates taken from what came about since the one before it. */
export function toSnapshot(
  before: SystemSample | undefined,
  now: SystemSample,
): Pick<SystemSnapshot, 'services' | 'edges' | 'responsesPerSecond'> {
  const seconds = before && (now.at - before.at) / 1000;
  const known = now.services.flatMap((seen) => ('state' in seen ? [seen.state] : []));
  const earlier = (service: string): ServiceState | undefined => {
    const seen = before?.services.find(({ name }) => name === service);
    return seen && 'state' in seen ? seen.state : undefined;
  };
  const [own] = known;
  return {
    services: now.services.map((seen) => toService(seen, rate(seconds, earlier(seen.name)))),
    edges: known.flatMap((state) => toEdges(state, rate(seconds, earlier(state.service)))),
    responsesPerSecond: own ? toResponses(own, rate(seconds, earlier(own.service))) : null,
  };
}

/** What a total was earlier, and how long ago; `undefined` where that is not known. */
type Earlier = { readonly state: ServiceState; readonly seconds: number } | undefined;

const rate = (seconds: number | undefined, state: ServiceState | undefined): Earlier =>
  seconds !== undefined && seconds > 0 && state ? { state, seconds } : undefined;

/** A total that is less than it was is one of a process that was started in between: it began at 0. */
const since = (now: number, then: number): number => (now < then ? now : now - then);
const perSecond = (now: number, then: number, seconds: number): number =>
  Math.round((since(now, then) / seconds) * 10) / 10;

function toService(seen: InstanceSnapshot, earlier: Earlier): WatchedService {
  if ('reason' in seen)
    return {
      name: seen.name,
      status: 'unreachable',
      reason: seen.reason,
      failingChecks: [],
      rssMiB: null,
      loopDelayMs: null,
      loadShedding: null,
    };
  const { status, failingChecks, rssMiB, loopDelayMs, loadShedding } = seen.state;
  return {
    name: seen.name,
    status,
    reason: null,
    failingChecks,
    rssMiB,
    loopDelayMs,
    loadShedding: loadShedding && {
      limit: loadShedding.limit,
      inFlight: loadShedding.inFlight,
      queued: loadShedding.queued,
      shedPerSecond: toShed(loadShedding.rejected, earlier),
    },
  };
}

function toShed(rejected: NonNullable<ServiceState['loadShedding']>['rejected'], earlier: Earlier) {
  const then = earlier?.state.loadShedding?.rejected;
  if (!earlier || !then) return null;
  const { seconds } = earlier;
  return {
    critical: perSecond(rejected.critical, then.critical, seconds),
    normal: perSecond(rejected.normal, then.normal, seconds),
    sheddable: perSecond(rejected.sheddable, then.sheddable, seconds),
  };
}

const toEdges = ({ service, upstreams }: ServiceState, earlier: Earlier): Edge[] =>
  upstreams.map(({ name, calls, ...policies }) => {
    const then = earlier?.state.upstreams.find((upstream) => upstream.name === name)?.calls;
    return { from: service, to: name, ...ratesOf(calls, then, earlier?.seconds), ...policies };
  });

type Calls = ServiceState['upstreams'][number]['calls'];

function ratesOf(now: Calls, then: Calls | undefined, seconds: number | undefined) {
  if (!then || seconds === undefined) return { perSecond: null, errorRate: null, rejectedPerSecond: null };
  const ended = (calls: Calls): number => calls.success + calls.failure + calls.ignored;
  const count = since(ended(now), ended(then));
  return {
    perSecond: perSecond(ended(now), ended(then), seconds),
    errorRate: count === 0 ? null : Math.min(1, since(now.failure, then.failure) / count),
    rejectedPerSecond: perSecond(now.rejected, then.rejected, seconds),
  };
}

function toResponses(own: ServiceState, earlier: Earlier): SystemSnapshot['responsesPerSecond'] {
  if (!earlier) return null;
  const { state, seconds } = earlier;
  const shed = toShed(own.loadShedding?.rejected ?? NONE, { state, seconds }) ?? NONE;
  return {
    good: perSecond(own.responses.good, state.responses.good, seconds),
    degraded: perSecond(own.responses.degraded, state.responses.degraded, seconds),
    failed: perSecond(own.responses.failed, state.responses.failed, seconds),
    shed: shed.critical + shed.normal + shed.sheddable,
  };
}

const NONE = { critical: 0, normal: 0, sheddable: 0 };
