import { Module } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { afterEach, describe, expect, it } from 'vitest';
import { UpstreamModule } from '@film-store/resilience';
import { serviceConfig } from '../src/config.ts';
import { type Service, createService, defineService } from '../src/service.ts';

@Module({
  imports: [UpstreamModule.register('films', { url: 'http://127.0.0.1:9' })],
})
class ShopModule {}

const shop = defineService({
  name: 'shop',
  config: serviceConfig({ port: 0 }),
  module: ShopModule,
});

let service: Service;
const start = async (env: NodeJS.ProcessEnv = {}): Promise<string> => {
  service = await createService(shop, { PORT: '0', LOG_LEVEL: 'silent', ...env });
  return service.start();
};
afterEach(() => service.stop());

const put = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

describe('/ops', () => {
  it('returns the live state of every policy of every upstream', async () => {
    const response = await fetch(`${await start()}/ops/resilience`);
    expect(await response.json()).toMatchObject({
      upstreams: [
        {
          name: 'films',
          endpoints: [{ url: 'http://127.0.0.1:9', ejectedMs: 0 }],
          policies: [
            { policy: 'request-collapsing', state: { sharedCalls: 0 } },
            { policy: 'retry', state: { retried: 0, budget: 30 } },
            { policy: 'hedge', state: { hedged: 0 } },
            { policy: 'bulkhead', state: { inFlight: 0, queued: 0 } },
            { policy: 'breaker', state: { state: 'closed' } },
            { policy: 'attempt-timeout', state: { timeoutMs: 1000 } },
          ],
        },
      ],
    });
  });

  it('isolates a breaker until its mode is auto again', async () => {
    const url = `${await start({ UPSTREAM_FILMS_HEDGE: 'false' })}/ops/breakers/films`;
    const stateAfter = async (state: string) => {
      const { policies } = (await (await put(url, { state })).json()) as {
        policies: { policy: string; state: object }[];
      };
      return policies.find(({ policy }) => policy === 'breaker')?.state;
    };
    expect(await stateAfter('isolated')).toMatchObject({ state: 'isolated', admittedFraction: 0 });
    expect(await stateAfter('auto')).toMatchObject({ state: 'half-open' });
    expect(await stateAfter('forced-closed')).toMatchObject({ state: 'forced-closed', admittedFraction: 1 });
  });

  it('rejects unknown breakers and unknown modes', async () => {
    const url = await start();
    expect((await put(`${url}/ops/breakers/unknown`, { state: 'isolated' })).status).toBe(404);
    expect((await put(`${url}/ops/breakers/films`, { state: 'ajar' })).status).toBe(400);
  });

  it('changes the log level at once', async () => {
    const url = await start();
    expect((await put(`${url}/ops/log-level`, { level: 'debug' })).status).toBe(200);
    expect([service.logger.level, PinoLogger.root.level]).toEqual(['debug', 'debug']);
    expect((await put(`${url}/ops/log-level`, { level: 'loud' })).status).toBe(400);
    await put(`${url}/ops/log-level`, { level: 'silent' });
  });

  it('requires the token of an operator', async () => {
    const url = `${await start({ ADMIN_TOKEN: 's3cret-s3cret-s3cret' })}/ops/resilience`;
    const as = (authorization: string) => fetch(url, { headers: { authorization } });
    expect((await fetch(url)).status).toBe(401);
    expect((await as('Bearer wrong')).status).toBe(403);
    expect((await as('Bearer s3cret-s3cret-s3cret')).status).toBe(200);
  });
});
