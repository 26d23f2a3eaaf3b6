import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { productPage } from '@film-store/contracts';
import { type Service, createService } from '@film-store/service';
import { type CalledServices, startCalledServices } from '../../test/called-services.ts';
import { film, films, hang, json, problem, reset } from '../../test/fake-upstream.ts';
import { gateway } from '../gateway.ts';

let called: CalledServices;
let service: Service;
let url: string;

beforeEach(async () => {
  called = await startCalledServices();
  service = await createService(gateway, {
    PORT: '0',
    LOG_LEVEL: 'silent',
    IDEMPOTENCY_SECRET: 'a secret of thirty-two characters',
    ...called.env,
    // Leaves half of the deadline of one second for the fallback to catalog.
    UPSTREAM_RECOMMENDATIONS_TIMEOUT_INITIAL_MS: '500',
  });
  url = await service.start();
});

afterEach(async () => {
  await service.stop();
  called.close();
});

const page = async () => {
  const response = await fetch(`${url}/api/products/alien`);
  expect(response.status).toBe(200);
  return { headers: response.headers, ...productPage.parse(await response.json()) };
};

const toIds = (list: { items: readonly { id: string }[] }) => list.items.map(({ id }) => id);

describe('a product page', () => {
  it('contains similar films', async () => {
    const { recommendations, degraded, headers } = await page();
    expect(recommendations).toEqual({ items: [film('aliens')], source: 'personalized', degraded: false });
    expect(degraded).toEqual([]);
    expect(headers.get('x-degraded')).toBeNull();
  });

  it.each([
    ['hangs', hang, 'timeout'],
    ['resets its connections', reset, 'unreachable'],
    ['fails', json({}, 500), 'upstream-error'],
    ['is unavailable', json({}, 503), 'upstream-error'],
    ['is overloaded', problem(503, 'overloaded'), 'overload'],
    ['limits the rate', json({}, 429), 'overload'],
    ['returns another schema', json({ films: [] }), 'upstream-error'],
    ['returns a film without a price', json({ items: [{ ...film('x'), price: null }] }), 'upstream-error'],
  ])('contains popular films when recommendations %s', async (_, handler, reason) => {
    called.upstreams.recommendations.respond('/recommendations', handler);
    const { recommendations, degraded, headers } = await page();
    expect(recommendations).toMatchObject({ source: 'popular', degraded: true, reason });
    // The popular films of catalog, without the film of the page.
    expect(toIds(recommendations)).toEqual(['brazil', 'casablanca']);
    expect(degraded).toEqual([{ feature: 'recommendations', reason, source: 'popular' }]);
    expect(headers.get('x-degraded')).toBe(`recommendations;reason=${reason};source=popular`);
  });

  it('prefers the last known popular films of recommendations', async () => {
    await fetch(`${url}/api/home`);
    called.upstreams.recommendations.close();
    expect(toIds((await page()).recommendations)).toEqual(['dune']);
  });

  it('is complete after many requests for films that recommendations does not know', async () => {
    called.upstreams.recommendations.respond('/recommendations', problem(404, 'not-found'));
    for (let film = 0; film < 40; film += 1) {
      called.upstreams.catalog.respond(`/products/no-such-film-${film}`, problem(404, 'not-found'));
      expect((await fetch(`${url}/api/products/no-such-film-${film}`)).status).toBe(404);
    }
    called.upstreams.recommendations.respond('/recommendations', json(films('aliens')));
    expect(await page()).toMatchObject({ recommendations: { source: 'personalized' }, degraded: [] });
  });
});
