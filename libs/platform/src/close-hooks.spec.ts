import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { boundCloseHooks } from './close-hooks.ts';

let closed: string[];
let hangs: string[];
/** What Nest was told of. */
let failures: unknown[];

class Feed {
  async onModuleDestroy() {
    closed.push('feed');
    await new Promise((resolve) => setTimeout(resolve, 999));
  }
}

class Database {
  onModuleDestroy(): Promise<void> {
    closed.push('database');
    return new Promise(() => undefined);
  }

  onApplicationShutdown() {
    closed.push('database, at last');
  }
}

class Worker {
  beforeApplicationShutdown(): Promise<void> {
    closed.push('worker');
    return new Promise(() => undefined);
  }
}

const failure = new Error('cannot be closed');
class Cache {
  onModuleDestroy() {
    return Promise.reject(failure);
  }
}

const start = async (...providers: (new () => object)[]) => {
  @Module({ providers: [...providers, { provide: 'nothing to close', useValue: 1 }] })
  class ShopModule {}
  const logger = { log() {}, warn() {}, error: (failure: unknown) => failures.push(failure) };
  const app = await NestFactory.createApplicationContext(ShopModule, { logger });
  boundCloseHooks(app, 1000, (hook) => hangs.push(hook));
  return app;
};

beforeEach(() => {
  closed = [];
  hangs = [];
  failures = [];
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

describe('what closes a part of the service', () => {
  it('has its time, to the last millisecond', async () => {
    const app = await start(Feed);
    let over = false;
    const closing = app.close().then(() => (over = true));
    await vi.advanceTimersByTimeAsync(998);
    expect([closed, over]).toEqual([['feed'], false]);
    await vi.advanceTimersByTimeAsync(1);
    await closing;
    expect(hangs).toEqual([]);
  });

  it('that hangs is named after its time, and the next ones get their turn', async () => {
    const app = await start(Database, Worker);
    const closing = app.close();
    await vi.advanceTimersByTimeAsync(999);
    expect(hangs).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect([closed, hangs]).toEqual([['database', 'worker'], ['Database.onModuleDestroy']]);
    await vi.advanceTimersByTimeAsync(1000);
    await closing;
    expect(closed).toEqual(['database', 'worker', 'database, at last']);
    expect(hangs).toEqual(['Database.onModuleDestroy', 'Worker.beforeApplicationShutdown']);
  });

  it('that fails is told of by Nest, as it would be without a bound', async () => {
    const app = await start(Cache);
    await app.close();
    expect([failures, hangs]).toEqual([[failure], []]);
  });
});
