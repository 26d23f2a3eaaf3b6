import { Inject, Injectable } from '@nestjs/common';
import {
  ActiveFaults,
  type Fault,
  type FaultsOrder,
  type FaultsReport,
  INBOUND,
  type ScenarioName,
  TooManyFaults,
  faultsReport,
  scenarioNames,
  scenarioOf,
  shareOf,
  takesPart,
} from '@film-store/fault-injection';
import { Problem } from '@film-store/problem';
import { UpstreamRegistry } from '@film-store/resilience';
import { systemClock } from '@film-store/core';
import { OPS_OPTIONS, type OpsOptions } from './ops-options.ts';
import { Peers } from './peers.ts';

const PATH = '/ops/faults';

/** How long a service that is to be killed lives on for its answer, in milliseconds. */
const LAST_WORDS_MS = 100;

/** Begins and ends faults here and, where a scenario has others take part, at the peers. */
@Injectable()
export class FaultControl {
  constructor(
    private readonly active: ActiveFaults,
    private readonly peers: Peers,
    private readonly upstreams: UpstreamRegistry,
    @Inject(OPS_OPTIONS) private readonly options: OpsOptions,
  ) {}

  async report(): Promise<FaultsReport> {
    const asked = await this.peers.ask((control) => control.get(PATH, { schema: faultsReport }));
    const away = asked.flatMap((each) => ('error' in each ? [each.peer] : []));
    return {
      scenarios: scenarioNames.filter(canCarryOut).map((name) => {
        const { title, expect } = scenarioOf(name);
        return { name, title, expect };
      }),
      active: [
        ...this.active.list(),
        ...asked.flatMap((each) => ('answer' in each ? each.answer.active : [])),
      ],
      unreachable: [...new Set(away)],
    };
  }

  /** @throws Problem when it did not begin everywhere; it is then nowhere */
  async begin(order: FaultsOrder): Promise<void> {
    const { scenario, faults = [], ...options } = order;
    if (scenario === undefined) {
      this.#refuseUnknownPoints(faults);
      return this.#begin({ faults, ...options });
    }
    if (!canCarryOut(scenario))
      throw fault('/scenario', `nothing here can carry out ${scenario}: see the catalogue of scenarios`);
    this.#begin({ scenario, ...options, faults: shareOf(scenario, this.options.service) });
    const asked = await this.peers.ask(
      (control) => control.put(PATH, { scenario, ...options }, { schema: faultsReport }),
      (peer) => takesPart(scenario, peer),
    );
    const failed = asked.flatMap((each) => ('error' in each ? [each] : []));
    if (failed.length === 0) return this.#killOnDemand(scenario);
    await this.end(scenario);
    const names = [...new Set(failed.map(({ peer }) => peer))].join(', ');
    throw new Problem('upstream-bad-response', {
      detail: `${names} did not take it`,
      cause: failed[0]?.error,
    });
  }

  /** What a peer that is away does not hear of ends there by itself. */
  async end(scenario: ScenarioName | undefined): Promise<void> {
    this.active.end(scenario);
    await this.peers.ask(
      (control) => control.delete(PATH, { query: { scenario } }),
      (peer) => scenario === undefined || takesPart(scenario, peer),
    );
  }

  #begin(beginning: Parameters<ActiveFaults['begin']>[0]): void {
    try {
      this.active.begin(beginning);
    } catch (error) {
      throw error instanceof TooManyFaults ? fault('/faults', error.message) : error;
    }
  }

  #refuseUnknownPoints(faults: readonly Fault[]): void {
    const points = [INBOUND, 'flags', ...this.upstreams.all().map(({ name }) => name)];
    const unknown = faults.findIndex(({ point }) => !points.includes(point));
    if (unknown >= 0) throw fault(`/faults/${unknown}/point`, `must be one of ${points.join(', ')}`);
  }

  #killOnDemand(name: ScenarioName): void {
    const scenario = scenarioOf(name);
    if (scenario.by === 'kill' && scenario.service === this.options.service)
      systemClock.after(LAST_WORDS_MS, () => process.kill(process.pid, 'SIGKILL'));
  }
}

/** A service that nobody would start again is not killed: only a supervisor holds a channel to it. */
function canCarryOut(name: ScenarioName): boolean {
  const { by } = scenarioOf(name);
  return by === 'faults' || (by === 'kill' && process.connected);
}

const fault = (pointer: string, detail: string): Problem =>
  new Problem('validation-failed', { status: 422, errors: [{ pointer, detail }] });
