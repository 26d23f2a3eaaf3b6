import { Inject, Injectable } from '@nestjs/common';
import { HealthReporter } from '@film-store/health';
import type { LoadShedder } from '@film-store/load-shedding';
import { type RegistryEntryState, UpstreamRegistry } from '@film-store/resilience';
import { OPS_OPTIONS, type OpsOptions } from '../ops-options.ts';
import type { ServiceState } from '../system-state.ts';

@Injectable()
export class ServiceStateReader {
  constructor(
    @Inject(OPS_OPTIONS) private readonly options: OpsOptions,
    private readonly health: HealthReporter,
    private readonly upstreams: UpstreamRegistry,
  ) {}

  async read(): Promise<ServiceState> {
    const { service, shedder, responseCounts } = this.options;
    const { status, details } = await this.health.deep();
    return {
      service,
      status,
      failingChecks: Object.entries(details).flatMap(([name, check]) =>
        check.status === 'up' ? [] : [{ name, status: check.status, message: check.message ?? '' }],
      ),
      rssMiB: Number(details['memory']?.['rssMiB'] ?? 0),
      loopDelayMs: Number(details['event-loop']?.['delayP99Ms'] ?? 0),
      loadShedding: toLoadShedding(shedder),
      ...responseCounts.describe(),
      upstreams: this.upstreams.all().map((upstream) => toUpstream(upstream.describe())),
    };
  }
}

function toLoadShedding(shedder: LoadShedder): ServiceState['loadShedding'] {
  const state = shedder.describe();
  if (state.strategy === 'off') return null;
  const { limit, inFlight, queued } = state;
  const sum = (byReason: Readonly<Record<string, number>>) =>
    Object.values(byReason).reduce((total, count) => total + count, 0);
  const rejected = {
    critical: sum(state.rejected.critical),
    normal: sum(state.rejected.normal),
    sheddable: sum(state.rejected.sheddable),
  };
  return { limit: Math.floor(limit), inFlight, queued, rejected };
}

type PolicyState = RegistryEntryState['policies'][number];
type StateOf<P extends PolicyState['policy']> = Extract<PolicyState, { policy: P }>['state'];

function toUpstream({ name, policies }: RegistryEntryState): ServiceState['upstreams'][number] {
  const findState = <P extends PolicyState['policy']>(policy: P) =>
    policies.find((each) => each.policy === policy)?.state as StateOf<P> | undefined;
  const breaker = findState('breaker');
  const bulkhead = findState('bulkhead');
  const attempts = findState('attempt-timeout');
  if (!breaker || !bulkhead || !attempts) throw new Error(`${name} lacks a policy that every upstream has`);
  const { totals: calls, ...breakerState } = breaker;
  const { samples, p50Ms, p99Ms, timeoutMs } = attempts;
  const { inFlight, concurrency, queued, queue } = bulkhead;
  return {
    name,
    calls,
    breaker: breakerState,
    latency: { samples, p50Ms, p99Ms },
    timeoutMs,
    bulkhead: { inFlight, concurrency, queued, queue },
    retryBudget: findState('retry')?.budget ?? null,
  };
}
