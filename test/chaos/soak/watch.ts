import { type ChaosStore, findPart } from '../store/start-store.ts';
import type { ServiceName } from '../../../deploy/local/services.ts';
import { SERVICES, type Sample } from './findings.ts';
import { inspectorUrl } from './inspector.ts';
import { type ProcessMetrics, readProcessMetrics } from './process-metrics.ts';

/** Takes samples of a store whose services run with `--inspect`, and records which of its processes died. */
export class Watch {
  readonly #inspectors = new Map<string, string>();
  readonly #pids = new Map<string, number | undefined>();
  readonly #died = new Set<string>();
  readonly #samples: Sample[] = [];

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** Parts that did not run, or had restarted, at one of the samples. */
  get died(): readonly string[] {
    return [...this.#died];
  }

  /** Receives every line that a part writes: the first ones contain the address of its inspector. */
  hear(part: string, line: string): void {
    const url = inspectorUrl(line);
    if (url !== undefined) this.#inspectors.set(part, url);
  }

  begin({ parts }: ChaosStore): void {
    for (const { name, supervisor } of parts) this.#pids.set(name, supervisor.pid);
  }

  lookForDead({ parts }: ChaosStore): void {
    for (const { name, supervisor } of parts) {
      if (supervisor.pid !== this.#pids.get(name)) this.#died.add(name);
    }
  }

  /** @throws Error if a service does not run */
  async look(store: ChaosStore, requests: number): Promise<void> {
    this.lookForDead(store);
    const of: [ServiceName, ProcessMetrics][] = [];
    for (const service of SERVICES) {
      const { pid } = findPart(store, service).supervisor;
      const url = this.#inspectors.get(service);
      if (pid === undefined || url === undefined) throw new Error(`${service} does not run`);
      of.push([service, await readProcessMetrics(pid, url)]);
    }
    this.#samples.push({ requests, of: Object.fromEntries(of) as Sample['of'] });
  }
}
