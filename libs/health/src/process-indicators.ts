import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HealthCheckFailed, type HealthDetails, watchEventLoop } from '@film-store/core';
import { HealthRegistry } from './health.registry.ts';

/** In bytes. */
export interface MemoryUse {
  readonly heap: number;
  readonly heapLimit: number;
  readonly rss: number;
  /** What a container allows; `undefined` where nothing less than the machine's memory does. */
  readonly rssLimit: number | undefined;
}

/** Beyond this share V8 does little but collect garbage, and a container is about to be killed. */
const EXHAUSTED = 0.95;
const MIB = 2 ** 20;

/** @throws HealthCheckFailed when so little is left that the process had better be replaced */
export function judgeMemory({ heap, heapLimit, rss, rssLimit }: MemoryUse): HealthDetails {
  const details = {
    heapMiB: Math.round(heap / MIB),
    heapLimitMiB: Math.round(heapLimit / MIB),
    rssMiB: Math.round(rss / MIB),
    ...(rssLimit !== undefined && { rssLimitMiB: Math.round(rssLimit / MIB) }),
  };
  if (heap >= EXHAUSTED * heapLimit) throw new HealthCheckFailed('the heap is exhausted', details);
  if (rssLimit !== undefined && rss >= EXHAUSTED * rssLimit)
    throw new HealthCheckFailed('the memory is exhausted', details);
  return details;
}

/** The event loop turns late for everybody: answers are slow, whatever was asked for. In milliseconds. */
const LATE_MS = 200;

/** @throws HealthCheckFailed when the loop comes round late; that is no reason to take the process out, only to look at it */
export function judgeLoop(use: { readonly delayP99Ms: number; readonly utilisation: number }): HealthDetails {
  const details = {
    delayP99Ms: Math.round(use.delayP99Ms),
    utilisation: Math.round(use.utilisation * 100) / 100,
  };
  if (use.delayP99Ms >= LATE_MS) throw new HealthCheckFailed('the event loop is late', details);
  return details;
}

/** What every service needs, whatever it does: an event loop that turns, and memory. */
@Injectable()
export class ProcessIndicators implements OnModuleInit, OnApplicationShutdown {
  readonly #eventLoop = watchEventLoop();

  constructor(private readonly health: HealthRegistry) {}

  onModuleInit(): void {
    const check = () => {
      const { p99Ms, utilization } = this.#eventLoop.read();
      return judgeLoop({ delayP99Ms: p99Ms, utilisation: utilization });
    };
    this.health.register({ name: 'event-loop', critical: false, check });
    this.health.register({ name: 'memory', critical: true, check: () => judgeMemory(memory()) });
  }

  onApplicationShutdown(): void {
    this.#eventLoop.stop();
  }
}

function memory(): MemoryUse {
  const { used_heap_size: heap, heap_size_limit: heapLimit } = getHeapStatistics();
  const limit = process.constrainedMemory();
  const rssLimit = limit > 0 && limit < totalmem() ? limit : undefined;
  return { heap, heapLimit, rss: process.memoryUsage.rss(), rssLimit };
}
