import { expect, it } from 'vitest';
import { startService } from '../../deploy/local/services.ts';
import { type Stage, getPage } from './stage.ts';

/** Several operators change settings, some of them wrongly. */
export function thereIsOneAdministrator(stage: () => Stage): void {
  it('an isolated breaker is visible to all, and closes again on demand', async () => {
    const { url, nextFilm } = stage();
    const film = nextFilm();
    await getPage(url, film);
    const put = (body: object) =>
      fetch(`${url}/ops/breakers/catalog`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await put({ state: 'isolated' })).status).toBe(200);
    const { degraded } = await getPage(url, film);
    expect(degraded).toMatchObject([
      { feature: 'product', reason: 'breaker-open', source: 'last-known-good' },
    ]);
    const deep = await (await fetch(`${url}/health/deep`)).json();
    expect(deep).toMatchObject({ details: { catalog: { breaker: 'isolated' } } });
    expect((await put({ state: 'ajar' })).status).toBe(400);
    expect((await put({ state: 'auto' })).status).toBe(200);
  });

  it('a service with contradictory settings does not start, and lists all errors', async () => {
    const service = startService({
      name: 'gateway',
      port: 0,
      env: {
        PATH: process.env['PATH'],
        CATALOG_URL: 'nowhere',
        IDEMPOTENCY_SECRET: 'too short',
        OVERLOAD_QUEUE: '-1',
      },
    });
    service.ready().catch(() => undefined);
    expect((await service.exited).code).toBe(78);
    const reported = service.lastLines().join('\n');
    for (const name of ['CATALOG_URL', 'IDEMPOTENCY_SECRET', 'OVERLOAD_QUEUE'])
      expect(reported).toContain(name);
  });
}
