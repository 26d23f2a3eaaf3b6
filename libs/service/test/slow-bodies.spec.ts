import { type ClientRequest, type IncomingMessage, request as send } from 'node:http';
import { Body, Controller, Get, HttpCode, Module, Post } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { problemBody } from '@film-store/problem';
import { serviceConfig } from '../src/config.ts';
import { UseRoutePolicy } from '@film-store/http-server';
import { type Service, createService, defineService } from '../src/service.ts';

let held: PromiseWithResolvers<void>;

@Controller('films')
class FilmsController {
  @Get()
  films() {
    return [];
  }

  @Get('held')
  async hold() {
    await held.promise;
    return {};
  }

  @Post()
  @HttpCode(200)
  @UseRoutePolicy({ budgetMs: 20_000 })
  add(@Body() film: object) {
    return film;
  }
}

@Module({ controllers: [FilmsController] })
class FilmsModule {}

const films = defineService({ name: 'films', config: serviceConfig({ port: 0 }), module: FilmsModule });

let service: Service;
let url: string;
let slow: ClientRequest[];

/** One permit and no queue. */
beforeEach(async () => {
  held = Promise.withResolvers();
  slow = [];
  service = await createService(films, {
    PORT: '0',
    LOG_LEVEL: 'silent',
    OVERLOAD_STRATEGY: 'fixed',
    OVERLOAD_LIMIT_INITIAL: '1',
    OVERLOAD_QUEUE: '0',
  });
  url = await service.start();
});
afterEach(async () => {
  held.resolve();
  for (const request of slow) request.destroy();
  await service.stop();
});

const BODY = '{"title":"Alien"}';

/** Sends the headers and the first byte of a body, and leaves the rest to the test. */
async function sendSlowly(headers: Record<string, string> = {}) {
  const request = send(`${url}/films`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': BODY.length, ...headers },
  });
  slow.push(request.on('error', () => undefined));
  const pendingResponse = new Promise<IncomingMessage>((resolve) => request.on('response', resolve));
  await new Promise<void>((resolve) => request.write(BODY[0], () => resolve()));
  return { request, pendingResponse };
}

const loadShedding = async () => {
  const { loadShedding } = (await (await fetch(`${url}/ops/resilience`)).json()) as {
    loadShedding: { inFlight: number; admitted: { normal: number } };
  };
  return { inFlight: loadShedding.inFlight, admitted: loadShedding.admitted.normal };
};
const eventually = (expected: object) =>
  vi.waitFor(async () => expect(await loadShedding()).toMatchObject(expected), {
    interval: 5,
    timeout: 20_000,
  });

describe('clients that send their bodies slowly', () => {
  it('do not delay other clients', async () => {
    for (let sender = 1; sender <= 30; sender++) {
      await sendSlowly();
      await eventually({ admitted: sender, inFlight: 0 });
    }
    for (let fast = 0; fast < 10; fast++) expect((await fetch(`${url}/films`)).status).toBe(200);
  });

  it('are served when their bodies are complete, like new requests', async () => {
    const { request, pendingResponse } = await sendSlowly();
    await eventually({ admitted: 1, inFlight: 0 });
    request.end(BODY.slice(1));
    expect((await pendingResponse).resume().statusCode).toBe(200);
    await eventually({ admitted: 2, inFlight: 0 });
  });

  it('are shed when their bodies are complete, if the service is overloaded then', async () => {
    const { request, pendingResponse } = await sendSlowly();
    await eventually({ admitted: 1, inFlight: 0 });
    void fetch(`${url}/films/held`);
    await eventually({ inFlight: 1 });
    request.end(BODY.slice(1));
    expect((await pendingResponse).resume().statusCode).toBe(503);
    await eventually({ inFlight: 1 });
  });

  it('get a 408 at their deadline and lose their connection, although they send a byte every 20 ms', async () => {
    const { request, pendingResponse } = await sendSlowly({
      'content-length': '60000',
      'x-request-timeout-ms': '300',
    });
    const trickle = setInterval(() => request.write('"'), 20);
    const response = await pendingResponse;
    clearInterval(trickle);
    expect([response.statusCode, response.headers.connection]).toEqual([408, 'close']);
    const text = (await response.setEncoding('utf8').toArray()).join('');
    expect(problemBody.parse(JSON.parse(text))).toMatchObject({ code: 'request-timeout', retryable: true });
  });
});

it('a request with a complete body acquires one permit', async () => {
  const response = await fetch(`${url}/films`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: BODY,
  });
  expect(response.status).toBe(200);
  await eventually({ admitted: 1, inFlight: 0 });
});

it('a read with a body keeps its permit while its handler runs', async () => {
  const read = send(`${url}/films/held`, { headers: { 'content-length': '1' } });
  slow.push(read.on('error', () => undefined));
  read.flushHeaders();
  await eventually({ inFlight: 1 });
  expect((await fetch(`${url}/films`)).status).toBe(503);
  await eventually({ inFlight: 1 });
});
