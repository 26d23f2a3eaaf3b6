import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CloseFailure, CloseError, withShutdownTimeout } from './close-hooks.ts';

let closed: string[];
let hangs: string[];
let failed: CloseFailure[];
/** Errors that Nest logged. */
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
    closed.push('database closed');
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

type Class = new () => object;

/** Throws synchronously. */
@Controller()
class Shelf {
  onApplicationShutdown() {
    throw failure;
  }
}

const startWith = async (controllers: Class[], providers: Class[]) => {
  @Module({ controllers, providers: [...providers, { provide: 'nothing to close', useValue: 1 }] })
  class ShopModule {}
  const logger = { log() {}, warn() {}, error: (failure: unknown) => failures.push(failure) };
  const app = await NestFactory.createApplicationContext(ShopModule, { logger });
  withShutdownTimeout(app, 1000, (failure) => {
    if (failure.kind === 'hung') hangs.push(failure.part);
    else failed.push(failure);
  });
  return app;
};
const start = (...providers: Class[]) => startWith([], providers);

beforeEach(() => {
  closed = [];
  hangs = [];
  failed = [];
  failures = [];
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

describe('a shutdown hook with a timeout', () => {
  it('may use its time to the last millisecond', async () => {
    const app = await start(Feed);
    let over = false;
    const closing = app.close().then(() => (over = true));
    await vi.advanceTimersByTimeAsync(998);
    expect([closed, over]).toEqual([['feed'], false]);
    await vi.advanceTimersByTimeAsync(1);
    await closing;
    expect(hangs).toEqual([]);
  });

  it('is reported when it times out, and the next hooks run', async () => {
    const app = await start(Database, Worker);
    const closing = app.close();
    await vi.advanceTimersByTimeAsync(999);
    expect(hangs).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect([closed, hangs]).toEqual([['database', 'worker'], ['Database.onModuleDestroy']]);
    await vi.advanceTimersByTimeAsync(1000);
    await closing;
    expect(closed).toEqual(['database', 'worker', 'database closed']);
    expect(hangs).toEqual(['Database.onModuleDestroy', 'Worker.beforeApplicationShutdown']);
  });

  it('fails as it does without a timeout: Nest logs the error', async () => {
    const app = await start(Cache);
    await app.close();
    expect([failures, hangs]).toEqual([[failure], []]);
    expect(failed).toEqual([{ part: 'Cache.onModuleDestroy', kind: 'failed', error: failure }]);
  });

  it('is reported when it throws synchronously, also in a controller', async () => {
    const app = await startWith([Shelf], [Feed]);
    const closing = app.close();
    await vi.advanceTimersByTimeAsync(999);
    await closing;
    expect(failed).toEqual([{ part: 'Shelf.onApplicationShutdown', kind: 'failed', error: failure }]);
  });
});

it('CloseError names every part that was not closed, and contains their errors', () => {
  const error = new CloseError([
    { part: 'Database.onModuleDestroy', kind: 'hung' },
    { part: 'Cache.onModuleDestroy', kind: 'failed', error: failure },
  ]);
  expect(error.message).toBe('not closed: Database.onModuleDestroy hung, Cache.onModuleDestroy failed');
  expect(error.errors).toEqual([failure]);
});
