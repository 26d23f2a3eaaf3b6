import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Readable } from 'node:stream';
import type { SystemSnapshot } from '../system-state.ts';
import { monotonicNow, newRequestId, systemClock } from '@film-store/core';
import { OPS_OPTIONS, type OpsOptions } from '../ops-options.ts';
import { Peers } from '../peers.ts';
import { Broadcast } from './broadcast.ts';
import { pollInstances } from './poll-instances.ts';
import { ServiceStateReader } from './service-state.ts';
import { type SystemSample, toSnapshot } from './to-snapshot.ts';
import { TransitionLog } from './transitions.ts';

/** Watches this service and its peers, once a second and only while somebody wants to see it. */
@Injectable()
export class SystemWatch implements OnModuleDestroy {
  readonly #transitions = new TransitionLog(newRequestId());
  readonly #broadcast = new Broadcast(systemClock, () => this.message());
  #last: SystemSample | undefined;

  constructor(
    private readonly own: ServiceStateReader,
    private readonly peers: Peers,
    @Inject(OPS_OPTIONS) private readonly options: OpsOptions,
  ) {}

  /** @throws Problem `unavailable` when as many watch as may, or the service stops */
  join(): Readable {
    return this.#broadcast.join();
  }

  /** Before the server closes, which waits for what it still sends. */
  onModuleDestroy(): void {
    this.#broadcast.end();
  }

  /** One event of a stream of them (server-sent events, HTML § 9.2). */
  private async message(): Promise<string> {
    try {
      return `data: ${JSON.stringify(await this.look())}\n\n`;
    } catch (err) {
      this.options.logger.error({ event: 'system_stream.failed', err }, 'what is watched could not be told');
      return ': nothing to tell\n\n';
    }
  }

  private async look(): Promise<SystemSnapshot> {
    const [state, peers] = await Promise.all([this.own.read(), pollInstances(this.peers)]);
    const now: SystemSample = {
      at: monotonicNow(),
      services: [{ name: this.options.service, state }, ...peers],
    };
    const at = new Date();
    const transitions = this.#transitions.follow(now, at);
    const snapshot = { at: at.toISOString(), ...toSnapshot(recent(this.#last, now), now), transitions };
    this.#last = now;
    return snapshot;
  }
}

/** What was seen longer ago than this, in milliseconds, says nothing of the last second. */
const RECENT_MS = 5000;

const recent = (last: SystemSample | undefined, now: SystemSample): SystemSample | undefined =>
  last && now.at - last.at < RECENT_MS ? last : undefined;
