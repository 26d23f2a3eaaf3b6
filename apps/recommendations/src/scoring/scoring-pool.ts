import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { HealthRegistry, HealthCheckFailed } from '@film-store/health';
import { Problem } from '@film-store/problem';
import type { RankTask } from '../model/rank.ts';
import { SCORING_THREADS, type ScoringThreads } from './scoring-threads.ts';

/**
 * Tasks that may wait for a thread. They run in order, and one takes about 0.4 ms for 3,200 films: with 100 callers and
 * one thread half of the tasks took 37 ms or less. So a full queue takes about 50 ms, longer where the processor is busy.
 */
const MAX_WAITING = 128;

/** Scores films in threads, so that scoring never blocks the event loop. */
@Injectable()
export class ScoringPool implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(SCORING_THREADS) private readonly threads: ScoringThreads,
    private readonly health: HealthRegistry,
    logger: PinoLogger,
  ) {
    threads.on('error', (err: unknown) => {
      logger.error({ event: 'scoring.worker_exited', err }, 'an idle scoring thread died');
    });
  }

  onModuleInit(): void {
    this.health.register({ name: 'scoring', critical: false, check: () => this.#check() });
  }

  /**
   * Runs `rank` in a thread.
   * @throws Problem `overloaded` when too many tasks wait; the thread's own error when it dies at work
   */
  async rank(task: RankTask): Promise<number[]> {
    if (this.threads.queueSize >= MAX_WAITING) {
      throw new Problem('overloaded', {
        detail: 'too many recommendations are being computed',
        headers: { 'retry-after': '1' },
      });
    }
    return this.threads.run(task);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.threads.destroy();
  }

  #check(): Record<string, unknown> {
    const { threads, queueSize, utilization } = this.threads;
    const details = {
      threads: threads.length,
      waiting: queueSize,
      mayWait: MAX_WAITING,
      utilisation: Math.round(utilization * 100) / 100,
    };
    if (threads.length === 0) throw new HealthCheckFailed('no thread is left', details);
    if (queueSize >= MAX_WAITING) throw new HealthCheckFailed('too many tasks wait', details);
    return details;
  }
}
