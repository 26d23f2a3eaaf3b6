import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HealthCheckFailed, type HealthDetails, watchEventLoop } from '@film-store/core';
import { HealthRegistry } from './health.registry.ts';

/** Fraction of a limit above which V8 mostly collects garbage, and a container is about to be killed. */
const EXHAUSTED = 0.95;
const MIB = 2 ** 20;

type MemoryUse = ReturnType<typeof readMemory>;

/** @throws HealthCheckFailed at 95 % of a limit: the process should be replaced */
export function checkMemory({ heap, heapLimit, rss, anonymous, limit }: MemoryUse): HealthDetails {
  const details = {
    heapMiB: Math.round(heap / MIB),
    heapLimitMiB: Math.round(heapLimit / MIB),
    rssMiB: Math.round(rss / MIB),
    anonymousMiB: Math.round(anonymous / MIB),
    ...(limit !== undefined && { containerLimitMiB: Math.round(limit / MIB) }),
  };
  if (heap >= EXHAUSTED * heapLimit) throw new HealthCheckFailed('the heap is exhausted', details);
  if (limit !== undefined && anonymous >= EXHAUSTED * limit)
    throw new HealthCheckFailed('the memory is exhausted', details);
  return details;
}

/** Delay from which all responses are slow, in milliseconds. */
const LATE_MS = 200;

type EventLoopUse = Record<'p99Ms' | 'utilization', number>;

/** @throws HealthCheckFailed at 200 ms of delay. The indicator is not critical: a delay needs a look, no restart. */
export function checkEventLoop({ p99Ms, utilization }: EventLoopUse): HealthDetails {
  const details = { delayP99Ms: Math.round(p99Ms), utilization: Math.round(utilization * 100) / 100 };
  if (p99Ms >= LATE_MS) throw new HealthCheckFailed('the event loop is late', details);
  return details;
}

@Injectable()
export class ProcessIndicators implements OnModuleInit, OnApplicationShutdown {
  readonly #eventLoop = watchEventLoop();

  constructor(private readonly health: HealthRegistry) {}

  onModuleInit(): void {
    const check = () => checkEventLoop(this.#eventLoop.read());
    this.health.register({ name: 'event-loop', critical: false, check });
    this.health.register({ name: 'memory', critical: true, check: () => checkMemory(readMemory()) });
  }

  onApplicationShutdown(): void {
    this.#eventLoop.stop();
  }
}

/** Returns all sizes in bytes. */
function readMemory() {
  const { used_heap_size: heap, heap_size_limit: heapLimit } = getHeapStatistics();
  const rss = process.memoryUsage.rss();
  const constrained = process.constrainedMemory();
  // The limit of the container; `undefined` if it is not below the memory of the machine.
  const limit = constrained > 0 && constrained < totalmem() ? constrained : undefined;
  return { heap, heapLimit, rss, anonymous: readAnonymous() ?? rss, limit };
}

/**
 * Returns the memory that the kernel cannot take back, in bytes. Resident memory also contains pages of files, such as the 70 MiB
 * of Node. The kernel drops these before it kills a container. Returns `undefined` on other systems than Linux.
 */
function readAnonymous(): number | undefined {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    const sizes = [...status.matchAll(/^Rss(?:Anon|Shmem):\s*(\d+) kB$/gm)];
    return sizes.length > 0 ? sizes.reduce((sum, [, kib]) => sum + 1024 * Number(kib), 0) : undefined;
  } catch {
    return undefined;
  }
}
