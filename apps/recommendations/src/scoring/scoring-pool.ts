import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { DatabaseWriter } from '../database/database-writer.ts';
import { HealthRegistry, HealthCheckFailed } from '@film-store/health';
import { Problem } from '@film-store/problem';
import { SCORING_THREADS, type ScoringThreads } from './scoring-threads.ts';
import type * as tasks from './scoring-tasks.ts';

/**
 * Largest number of tasks in the queue. A task takes at most about 3 ms of processor time, for a million films, so a full
 * queue takes about 400 ms.
 */
const MAX_WAITING = 128;

/** Ranks and reads films in worker threads, so neither blocks the event loop. */
@Injectable()
export class ScoringPool implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(SCORING_THREADS) private readonly threads: ScoringThreads,
    private readonly writer: DatabaseWriter,
    private readonly health: HealthRegistry,
    logger: PinoLogger,
  ) {
    threads.pool.on('error', (err: unknown) => {
      logger.error({ event: 'scoring.worker_exited', err }, 'an idle scoring thread exited');
    });
  }

  onModuleInit(): void {
    this.health.register({ name: 'scoring', critical: false, check: () => this.#check() });
  }

  /**
   * Runs a task in a thread.
   * @throws Problem `overloaded` when the queue is full, or the error of a thread that exits during the task
   */
  async run<Name extends keyof typeof tasks>(
    name: Name,
    task: Omit<Parameters<(typeof tasks)[Name]>[0], 'file'>,
  ): Promise<ReturnType<(typeof tasks)[Name]>> {
    if (this.threads.pool.queueSize >= MAX_WAITING) {
      throw new Problem('overloaded', {
        detail: 'the queue of recommendations is full',
        headers: { 'retry-after': '1' },
      });
    }
    const { file } = this.writer;
    return this.writer.guard(
      this.threads.run(name, { ...task, file } as Parameters<(typeof tasks)[Name]>[0]),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.threads.stop();
  }

  #check(): Record<string, unknown> {
    const { threads, queueSize, utilization } = this.threads.pool;
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
