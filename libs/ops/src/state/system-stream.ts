import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { monotonicNow, newRequestId, systemClock } from '@film-store/core';
import { OPS_OPTIONS, type OpsOptions } from '../ops-options.ts';
import { Peers } from '../peers.ts';
import type { SystemSnapshot } from '../system-state.ts';
import { Broadcast } from './broadcast.ts';
import { pollInstances } from './poll-instances.ts';
import { ServiceStateReader } from './service-state.ts';
import { type SystemSample, toSnapshot } from './to-snapshot.ts';
import { TransitionLog } from './transitions.ts';

/** Age above which the previous sample gives no rates of the last second, in milliseconds. */
const MAX_AGE_MS = 5000;

/** Samples this service and its peers once a second while there are subscribers. */
@Injectable()
export class SystemStream implements OnModuleDestroy {
  readonly #transitions = new TransitionLog(newRequestId());
  readonly #broadcast = new Broadcast(systemClock, () => this.createEvent());
  #previous: SystemSample | undefined;

  constructor(
    private readonly own: ServiceStateReader,
    private readonly peers: Peers,
    @Inject(OPS_OPTIONS) private readonly options: OpsOptions,
  ) {}

  /** @throws Problem `unavailable` with 16 subscribers, or while the service drains */
  subscribe(): Readable {
    return this.#broadcast.subscribe();
  }

  /** Nest calls it before it closes the server, which waits for open responses. */
  onModuleDestroy(): void {
    this.#broadcast.end();
  }

  /** Returns a server-sent event (HTML, section 9.2). */
  private async createEvent(): Promise<string> {
    try {
      return `data: ${JSON.stringify(await this.sample())}\n\n`;
    } catch (err) {
      this.options.logger.error({ event: 'system_stream.failed', err }, 'the system could not be sampled');
      return ': no sample\n\n';
    }
  }

  private async sample(): Promise<SystemSnapshot> {
    const [state, peers] = await Promise.all([this.own.read(), pollInstances(this.peers)]);
    const now = { at: monotonicNow(), services: [{ name: this.options.service, state }, ...peers] };
    const previous = this.#previous && now.at - this.#previous.at < MAX_AGE_MS ? this.#previous : undefined;
    this.#previous = now;
    const at = new Date();
    const transitions = this.#transitions.record(now, at);
    return { at: at.toISOString(), ...toSnapshot(previous, now), transitions };
  }
}
