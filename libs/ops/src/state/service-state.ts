import { Inject, Injectable } from '@nestjs/common';
import type { ServiceState } from '../system-state.ts';
import { HealthReporter, type HealthReport } from '@film-store/health';
import type { LoadShedder } from '@film-store/load-shedding';
import { type RegistryEntryState, UpstreamRegistry } from '@film-store/resilience';
import { OPS_OPTIONS, type OpsOptions } from '../ops-options.ts';

/** Gathers what this service knows of itself. */
@Injectable()
export class ServiceStateReader {
  constructor(
    @Inject(OPS_OPTIONS) private readonly options: OpsOptions,
    private readonly health: HealthReporter,
    private readonly upstreams: UpstreamRegistry,
  ) {}

  async read(): Promise<ServiceState> {
    const { service, shedder, answers } = this.options;
    const report = await this.health.deep();
    return {
      service,
      ...toHealth(report),
      loadShedding: toLoadShedding(shedder),
      ...answers.describe(),
      upstreams: this.upstreams.all().map((upstream) => toUpstream(upstream.describe())),
    };
  }
}

function toHealth({ status, details }: HealthReport) {
  return {
    status,
    failingChecks: Object.entries(details).flatMap(([name, { status, message = '' }]) =>
      status === 'up' ? [] : [{ name, status, message }],
    ),
    rssMiB: Number(details['memory']?.['rssMiB'] ?? 0),
    loopDelayMs: Number(details['event-loop']?.['delayP99Ms'] ?? 0),
  };
}

function toLoadShedding(shedder: LoadShedder): ServiceState['loadShedding'] {
  const state = shedder.describe();
  if (state.strategy === 'off') return null;
  const { limit, inFlight, queued, refused } = state;
  const sum = (reasons: Readonly<Record<string, number>>) =>
    Object.values(reasons).reduce((all, each) => all + each, 0);
  return {
    limit: Math.floor(limit),
    inFlight,
    queued,
    rejected: {
      critical: sum(refused.critical),
      normal: sum(refused.normal),
      sheddable: sum(refused.sheddable),
    },
  };
}

type PolicyState = RegistryEntryState['policies'][number];
type PolicyName = PolicyState['policy'];
type PolicyStateOf<P extends PolicyName> = Extract<PolicyState, { policy: P }>['state'];

function toUpstream({ name, policies }: RegistryEntryState): ServiceState['upstreams'][number] {
  const stateOf = <P extends PolicyName>(policy: P) =>
    policies.find((each) => each.policy === policy)?.state as PolicyStateOf<P> | undefined;
  const breaker = stateOf('breaker');
  const bulkhead = stateOf('bulkhead');
  const attempts = stateOf('attempt-timeout');
  if (!breaker || !bulkhead || !attempts) throw new Error(`${name} lacks a policy that every call passes`);
  const { totals, ...now } = breaker;
  const { samples, p50Ms, p99Ms, timeoutMs } = attempts;
  const { inFlight, concurrency, queued, queue } = bulkhead;
  return {
    name,
    calls: totals,
    breaker: now,
    latency: { samples, p50Ms, p99Ms },
    timeoutMs,
    bulkhead: { inFlight, concurrency, queued, queue },
    retryBudget: stateOf('retry')?.budget ?? null,
  };
}
