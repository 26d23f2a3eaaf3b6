import type { RunState } from './report.ts';
import { type Durations, Run } from './run.ts';
import { type Scenario, scenarios } from './scenarios.ts';

/** Reports why a comparison cannot start. */
export class CompareError extends Error {
  override readonly name: string = 'CompareError';
}

/** Reports that another comparison runs. */
export class AlreadyRunning extends CompareError {
  override readonly name = 'AlreadyRunning';
}

/** A comparison ends after these times, in seconds. */
const DURATIONS: Durations = { warmUp: 12, fault: 60, recovery: 20 };
/** The shortest fault that shows its effect, in seconds. */
const MIN_FAULT_S = 5;

/** Runs one comparison at a time. Keeps the state of the last one. */
export class Comparisons {
  readonly #durations: Durations;
  #run: Run | undefined;
  #isClosed = false;

  constructor(durations: Durations = DURATIONS) {
    this.#durations = durations;
  }

  get state(): RunState | null {
    return this.#run?.state ?? null;
  }

  /**
   * Starts a comparison, and returns its scenario.
   * @param name by default the first scenario
   * @param faultS duration of the fault in seconds, 5 to 60
   * @throws CompareError if another one runs, an argument is not valid or all is closed
   */
  start(name: string = scenarios[0]?.name ?? '', faultS: number = this.#durations.fault): Scenario {
    const scenario = scenarios.find((known) => known.name === name);
    if (!scenario)
      throw new CompareError(`compare needs one of ${scenarios.map((known) => known.name).join(', ')}`);
    if (!(faultS >= MIN_FAULT_S && faultS <= DURATIONS.fault))
      throw new CompareError(`the time must be from ${MIN_FAULT_S}s to ${DURATIONS.fault}s`);
    if (this.#isClosed) throw new CompareError('the demo is stopping');
    if (this.#run?.isRunning) {
      const { scenario: running, remainingS } = this.#run.state;
      const left = remainingS > 0 ? `, and ends in ${remainingS} s` : '';
      throw new AlreadyRunning(`a comparison of ${running} runs already${left}; "compare stop" ends it now`);
    }
    this.#run = new Run(scenario, { ...this.#durations, fault: faultS });
    return scenario;
  }

  /** Ends the comparison that runs, if any. Resolves when its processes have ended. */
  async stop(): Promise<void> {
    await this.#run?.stop();
  }

  /** Stops, and starts no more comparisons. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.stop();
  }

  /** Kills the processes of the comparison that runs, if any. */
  kill(): void {
    this.#run?.kill();
  }
}
