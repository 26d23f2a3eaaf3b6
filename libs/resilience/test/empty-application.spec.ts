import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpService } from '@nestjs/axios';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  RESILIENCE_LOGGER,
  type ResilienceLogger,
  UpstreamModule,
  UpstreamRegistry,
} from '@film-store/resilience';
import { ResilientHttpModule } from '@film-store/resilience/axios';

let requests = 0;
/** Fails every second request, starting with the first one. */
const server = createServer((_, response) => {
  requests += 1;
  response
    .writeHead(requests % 2 === 1 ? 500 : 200, { 'content-type': 'application/json' })
    .end('{"title":"Alien"}');
});
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => void server.close());

const createApplication = (logger?: ResilienceLogger) => {
  @Global()
  @Module({
    providers: [{ provide: RESILIENCE_LOGGER, useValue: logger }],
    exports: [RESILIENCE_LOGGER],
  })
  class LoggerModule {}
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Test.createTestingModule({
    imports: [
      LoggerModule,
      UpstreamModule.register('films', { url }),
      ResilientHttpModule.register({ upstream: 'films' }),
    ],
  }).compile();
};

it('retries in an application without other libraries of the repository', async () => {
  const application = await createApplication();
  const { data } = await firstValueFrom(application.get(HttpService).get<unknown>('/films/1'));
  expect(data).toEqual({ title: 'Alien' });
  expect(requests).toBe(2);
  await application.close();
});

it('logs the transitions of a breaker with the logger that is provided', async () => {
  const logged: unknown[] = [];
  const record = (details: object) => void logged.push(details);
  const application = await createApplication({ info: record, warn: record });
  application.get(UpstreamRegistry).get('films')?.setBreakerMode('isolated');
  expect(logged).toEqual([
    {
      event: 'breaker.transition',
      upstream: 'films',
      from: 'closed',
      to: 'isolated',
      reason: 'isolated',
    },
  ]);
  await application.close();
});
