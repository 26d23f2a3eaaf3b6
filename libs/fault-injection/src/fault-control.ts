import { Inject, Injectable } from '@nestjs/common';
import { systemClock } from '@film-store/core';
import { Problem } from '@film-store/problem';
import type { ActiveFaults } from './active-faults.ts';
import {
  ACTIVE_FAULTS,
  FAULT_INJECTION_OPTIONS,
  type FaultInjectionOptions,
} from './fault-injection.options.ts';
import { type Fault, INBOUND } from './fault.ts';
import type { FaultsReport, FaultsRequest } from './report.ts';
import { type Scenario, selectFaults, takesPart } from './scenario.ts';

/** Time between the request to kill this service and its end, in milliseconds. The response needs it. */
const KILL_DELAY_MS = 100;

/** Starts and ends faults in this service and, for scenarios of several services, in the others. */
@Injectable()
export class FaultControl {
  constructor(
    @Inject(ACTIVE_FAULTS) private readonly active: ActiveFaults,
    @Inject(FAULT_INJECTION_OPTIONS) private readonly options: FaultInjectionOptions,
  ) {}

  async report(): Promise<FaultsReport> {
    const { scenarios = {}, remote } = this.options;
    const { active = [], unreachable = [] } = (await remote?.report()) ?? {};
    return {
      scenarios: Object.entries(scenarios).flatMap(([name, scenario]) =>
        canStart(scenario) ? [{ name, title: scenario.title, expect: scenario.expect }] : [],
      ),
      active: [...this.active.list(), ...active],
      unreachable: [...unreachable],
    };
  }

  /** @throws Problem if a service did not start it. Then it is started nowhere. */
  async begin(request: FaultsRequest): Promise<void> {
    const { scenario: name, faults = [], ...rest } = request;
    if (name === undefined) {
      this.#checkPoints(faults);
      this.active.begin({ faults, ...rest });
      return;
    }
    const { service, remote } = this.options;
    const scenario = this.#getScenario(name);
    if (!canStart(scenario)) throw invalid(422, '/scenario', `this service cannot start ${name}`);
    this.active.begin({ scenario: name, ...rest, faults: selectFaults(scenario, service) });
    const failed = (await remote?.begin(request, (peer) => takesPart(scenario, peer))) ?? [];
    if (failed.length > 0) {
      await this.end(name);
      const names = [...new Set(failed.map(({ peer }) => peer))].join(', ');
      const detail = `${names} did not start the scenario`;
      throw new Problem('upstream-bad-response', { detail, cause: failed[0]?.error });
    }
    if (scenario.by === 'kill' && scenario.service === service)
      systemClock.after(KILL_DELAY_MS, () => process.kill(process.pid, 'SIGKILL'));
  }

  async end(name: string | undefined): Promise<void> {
    const scenario = name === undefined ? undefined : this.#getScenario(name);
    this.active.end(name);
    await this.options.remote?.end(name, (peer) => !scenario || takesPart(scenario, peer));
  }

  #getScenario(name: string): Scenario {
    const { scenarios = {} } = this.options;
    const scenario = Object.hasOwn(scenarios, name) ? scenarios[name] : undefined;
    if (!scenario) throw invalid(400, '/scenario', `must be one of ${Object.keys(scenarios).join(', ')}`);
    return scenario;
  }

  #checkPoints(faults: readonly Fault[]): void {
    const known = this.options.points?.();
    if (!known) return;
    const points = [INBOUND, ...known];
    const unknown = faults.findIndex(({ point }) => !points.includes(point));
    if (unknown >= 0) throw invalid(422, `/faults/${unknown}/point`, `must be one of ${points.join(', ')}`);
  }
}

const invalid = (status: number, pointer: string, detail: string): Problem =>
  new Problem('validation-failed', { status, errors: [{ pointer, detail }] });

/** Returns whether this process can start a scenario. It kills itself only if a supervisor restarts it. */
const canStart = ({ by }: Scenario): boolean => by === 'faults' || (by === 'kill' && process.connected);
