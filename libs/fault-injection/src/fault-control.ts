import { Inject, Injectable } from '@nestjs/common';
import { systemClock } from '@film-store/core';
import { Problem } from '@film-store/problem';
import { type ActiveFaults, type FaultsToBegin, TooManyFaults } from './active-faults.ts';
import {
  ACTIVE_FAULTS,
  FAULT_INJECTION_OPTIONS,
  type FaultInjectionOptions,
} from './fault-injection.options.ts';
import { noPeers } from './fault-peers.ts';
import { type Fault, INBOUND } from './fault.ts';
import type { FaultsReport, FaultsRequest } from './report.ts';
import { type Scenario, faultsIn, takesPart } from './scenario.ts';

/** Time that a service which is to be killed has for its response, in milliseconds. */
const RESPONSE_TIME_MS = 100;

/** Begins and ends faults in this service and, where a scenario has others take part, at the peers. */
@Injectable()
export class FaultControl {
  readonly #active: ActiveFaults;
  readonly #options: FaultInjectionOptions;

  constructor(
    @Inject(ACTIVE_FAULTS) active: ActiveFaults,
    @Inject(FAULT_INJECTION_OPTIONS) options: FaultInjectionOptions,
  ) {
    this.#active = active;
    this.#options = options;
  }

  async report(): Promise<FaultsReport> {
    const { scenarios = {} } = this.#options;
    const { active, unreachable } = await this.#peers.report();
    return {
      scenarios: Object.entries(scenarios).flatMap(([name, scenario]) =>
        canCarryOut(scenario) ? [{ name, title: scenario.title, expect: scenario.expect }] : [],
      ),
      active: [...this.#active.list(), ...active],
      unreachable: [...unreachable],
    };
  }

  /** @throws Problem when it did not begin everywhere; it is then nowhere */
  async begin(request: FaultsRequest): Promise<void> {
    const { scenario: name, faults = [], ...options } = request;
    if (name === undefined) {
      this.#refuseUnknownPoints(faults);
      return this.#begin({ faults, ...options });
    }
    const scenario = this.#scenario(name);
    if (!canCarryOut(scenario))
      throw invalid(422, '/scenario', `${name} cannot be carried out by this service`);
    this.#begin({ scenario: name, ...options, faults: faultsIn(scenario, this.#options.service) });
    const failed = await this.#peers.begin(request, (peer) => takesPart(scenario, peer));
    if (failed.length === 0) return this.#killOnDemand(scenario);
    await this.end(name);
    const names = [...new Set(failed.map(({ peer }) => peer))].join(', ');
    throw new Problem('upstream-bad-response', {
      detail: `${names} did not take it`,
      cause: failed[0]?.error,
    });
  }

  async end(name: string | undefined): Promise<void> {
    const scenario = name === undefined ? undefined : this.#scenario(name);
    this.#active.end(name);
    await this.#peers.end(name, (peer) => !scenario || takesPart(scenario, peer));
  }

  get #peers() {
    return this.#options.peers ?? noPeers;
  }

  #scenario(name: string): Scenario {
    const { scenarios = {} } = this.#options;
    const scenario = Object.hasOwn(scenarios, name) ? scenarios[name] : undefined;
    if (!scenario) throw invalid(400, '/scenario', `must be one of ${Object.keys(scenarios).join(', ')}`);
    return scenario;
  }

  #begin(toBegin: FaultsToBegin): void {
    try {
      this.#active.begin(toBegin);
    } catch (error) {
      throw error instanceof TooManyFaults ? invalid(422, '/faults', error.message) : error;
    }
  }

  #refuseUnknownPoints(faults: readonly Fault[]): void {
    const known = this.#options.points?.();
    if (!known) return;
    const points = [INBOUND, ...known];
    const unknown = faults.findIndex(({ point }) => !points.includes(point));
    if (unknown >= 0) throw invalid(422, `/faults/${unknown}/point`, `must be one of ${points.join(', ')}`);
  }

  #killOnDemand(scenario: Scenario): void {
    if (scenario.by === 'kill' && scenario.service === this.#options.service)
      systemClock.after(RESPONSE_TIME_MS, () => process.kill(process.pid, 'SIGKILL'));
  }
}

const invalid = (status: number, pointer: string, detail: string): Problem =>
  new Problem('validation-failed', { status, errors: [{ pointer, detail }] });

/** Returns whether this process can carry a scenario out. It kills itself only where a supervisor starts it again. */
const canCarryOut = ({ by }: Scenario): boolean => by === 'faults' || (by === 'kill' && process.connected);
