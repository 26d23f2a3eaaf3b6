import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { HealthRegistry, HealthCheckFailed } from '@film-store/health';
import { Problem } from '@film-store/problem';
import type { RankTask } from '../model/rank.ts';
import { SCORING_THREADS, type ScoringThreads } from './scoring-threads.ts';

/**
 * Largest number of tasks in the queue. A task takes about 0.4 ms for 3,200 films, so a full queue takes about 50 ms, more
 * on a busy processor. Measured with 100 callers and one thread: a median of 37 ms.
 */
const MAX_WAITING = 128;

/** Scores films in worker threads, so scoring does not block the event loop. */
@Injectable()
export class ScoringPool implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(SCORING_THREADS) private readonly threads: ScoringThreads,
    private readonly health: HealthRegistry,
    logger: PinoLogger,
  ) {
    threads.on('error', (err: unknown) => {
      logger.error({ event: 'scoring.worker_exited', err }, 'an idle scoring thread exited');
    });
  }

  onModuleInit(): void {
    this.health.register({ name: 'scoring', critical: false, check: () => this.#check() });
  }

  /**
   * Runs `rank` in a thread.
   * @throws Problem `overloaded` when the queue is full, or the error of a thread that exits during the task
   */
  async rank(task: RankTask): Promise<number[]> {
    if (this.threads.queueSize >= MAX_WAITING) {
      throw new Problem('overloaded', {
        detail: 'the queue of recommendations is full',
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
      maxWaiting: MAX_WAITING,
      utilization: Math.round(utilization * 100) / 100,
    };
    if (threads.length === 0) throw new HealthCheckFailed('no scoring thread is running', details);
    if (queueSize >= MAX_WAITING) throw new HealthCheckFailed('the queue of scoring tasks is full', details);
    return details;
  }
}
