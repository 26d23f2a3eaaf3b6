import { expect, it } from 'vitest';
import { startService } from '../../deploy/local/services.ts';
import { type Stage, getPage } from './stage.ts';

/** Several people turn knobs, not all of them the right way. */
export function thereIsOneAdministrator(stage: () => Stage): void {
  it('a breaker that somebody has opened is seen by all, and closes again when it is told to', async () => {
    const { url, nextFilm } = stage();
    const put = (body: object) =>
      fetch(`${url}/ops/breakers/recommendations`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await put({ state: 'isolated' })).status).toBe(200);
    const { degraded } = await getPage(url, nextFilm());
    expect(degraded).toMatchObject([
      { feature: 'recommendations', reason: 'breaker-open', source: 'popular' },
    ]);
    const deep = await (await fetch(`${url}/health/deep`)).json();
    expect(deep).toMatchObject({ details: { recommendations: { breaker: 'isolated' } } });
    expect((await put({ state: 'ajar' })).status).toBe(400);
    expect((await put({ state: 'auto' })).status).toBe(200);
  });

  it('a service whose settings contradict each other does not start, and says all that is wrong', async () => {
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
