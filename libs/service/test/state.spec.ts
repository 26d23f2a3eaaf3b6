import { Controller, Get, Module } from '@nestjs/common';
import { afterEach, expect, it } from 'vitest';
import { serviceState, systemSnapshot } from '@film-store/ops';
import { UpstreamModule } from '@film-store/resilience';
import { serviceConfig } from '../src/config.ts';
import { type Service, createService, defineService } from '../src/service.ts';

@Controller('films')
class FilmsController {
  @Get()
  films() {
    return { degraded: [{ feature: 'films', reason: 'timeout', source: 'none' }] };
  }

  @Get('broken')
  broken() {
    throw new Error('broken');
  }
}

@Module({
  imports: [UpstreamModule.register('stock', { url: 'http://127.0.0.1:9' })],
  controllers: [FilmsController],
})
class FilmsModule {}

const films = defineService({
  name: 'films',
  config: serviceConfig({ port: 0 }),
  module: FilmsModule,
  peers: ['stock'],
});

let service: Service;
const start = async (env: NodeJS.ProcessEnv = {}): Promise<string> => {
  service = await createService(films, { PORT: '0', LOG_LEVEL: 'silent', ...env });
  return service.start();
};
afterEach(() => service.stop());

it('returns the state of the service and its responses by outcome', async () => {
  const url = await start();
  for (const path of ['/films', '/films/broken', '/films/none', '/films', '/health/live'])
    await (await fetch(url + path)).text();
  const state = async () => serviceState.parse(await (await fetch(`${url}/ops/state`)).json());
  // Startup delays the event loop, which the status shows until it is measured again.
  await expect.poll(state).toMatchObject({
    service: 'films',
    status: 'ok',
    responses: { good: 1, degraded: 2, failed: 1 },
    degraded: [{ feature: 'films', reason: 'timeout', source: 'none', responses: 2 }],
    upstreams: [{ name: 'stock', bulkhead: { inFlight: 0, concurrency: 64, queued: 0, queue: 32 } }],
  });
});

it('streams an unreachable peer as unreachable, and ends the stream when the service stops', async () => {
  const response = await fetch(`${await start()}/ops/stream`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const stream = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const { value = '' } = (await stream?.read()) ?? {};
  expect(value).toMatch(/^data: .*\n\n$/);
  const snapshot = systemSnapshot.parse(JSON.parse(value.slice('data: '.length)));
  expect(snapshot.services).toMatchObject([
    { name: 'films', status: 'ok' },
    { name: 'stock', status: 'unreachable', reason: 'upstream-unreachable' },
  ]);
  expect(snapshot.edges).toMatchObject([
    { from: 'films', to: 'stock', breaker: { state: 'closed', calls: 0 } },
  ]);

  await service.stop();
  let last = await stream?.read();
  while (last && !last.done) last = await stream?.read();
  expect(last).toEqual({ done: true, value: undefined });
});

it('HEAD requests of the stream create no subscriber', async () => {
  const url = await start();
  for (let count = 0; count < 20; count += 1) {
    const response = await fetch(`${url}/ops/stream`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  }
  const stream = await fetch(`${url}/ops/stream`);
  expect(stream.status).toBe(200);
  await stream.body?.cancel();
});

it('requires the token of an operator', async () => {
  const url = await start({ ADMIN_TOKEN: 's3cret-s3cret-s3cret' });
  for (const path of ['/ops/state', '/ops/stream']) expect((await fetch(url + path)).status).toBe(401);
});
