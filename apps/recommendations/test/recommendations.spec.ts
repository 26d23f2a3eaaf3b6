import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recommendations as recommendationsResponse } from '@film-store/contracts';
import { type Service, createService } from '@film-store/service';
import { type HttpUpstream, createUpstream } from '@film-store/resilience';
import { recommendations } from '../src/recommendations.ts';
import { FakeCatalog } from './fake-catalog.ts';
import { film, ids } from './films.ts';
import { entry } from './orders.ts';

const films = [
  film('toy-story-1995', { creativeType: 'Kids Fiction', imdb: { rating: 8.2, votes: 151_143 } }),
  film('alien-1979', { creativeType: 'Science Fiction', imdb: { rating: 8.5, votes: 180_387 } }),
  film('cars-2006', { creativeType: 'Kids Fiction', imdb: { rating: 7.5, votes: 66_809 } }),
];

describe('the recommendations service', () => {
  let directory: string;
  let catalog: FakeCatalog;
  let catalogUrl: string;
  let service: Service;
  let client: HttpUpstream;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'recommendations-'));
    catalog = new FakeCatalog();
    catalog.films = films;
    catalogUrl = await catalog.start();
    await startService();
    await eventually(() => similar('toy-story-1995'));
  });
  afterEach(async () => {
    await stopService();
    await catalog.stop();
    await rm(directory, { recursive: true });
  });

  async function startService(): Promise<void> {
    service = await createService(recommendations, {
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'silent',
      CATALOG_URL: catalogUrl,
      DATA_DIR: directory,
    });
    client = createUpstream('recommendations', {
      url: await service.start(),
    });
  }

  async function stopService(): Promise<void> {
    await client.onApplicationShutdown();
    await service.stop();
  }

  /** Retries, because the service reads films and orders in the background. */
  const eventually = <T>(attempt: () => Promise<T>): Promise<T> => vi.waitFor(attempt, { timeout: 20_000 });

  const similar = (productId: string, limit?: number) =>
    client.get('/recommendations', {
      query: { productId, limit },
      schema: recommendationsResponse,
      passThroughProblems: ['not-found', 'validation-failed'],
    });

  it('recommends products without the requested one', async () => {
    const { items } = await similar('toy-story-1995');
    expect(items).toEqual([films[2], films[1]]);
    expect(ids((await similar('toy-story-1995', 1)).items)).toEqual(['cars-2006']);
  });

  it('lists popular products and ranks ordered products higher', async () => {
    const popular = async () =>
      ids((await client.get('/recommendations/popular', { schema: recommendationsResponse })).items);
    expect(await popular()).toEqual(['alien-1979', 'toy-story-1995', 'cars-2006']);
    catalog.orders = [{ ...entry(1, []), items: [{ productId: 'cars-2006', quantity: 100 }] }];
    await eventually(async () =>
      expect(await popular()).toEqual(['alien-1979', 'cars-2006', 'toy-story-1995']),
    );
  });

  it('distinguishes an unknown product from an invalid request', async () => {
    await expect(similar('no-such-film')).rejects.toMatchObject({ code: 'not-found' });
    await expect(similar('toy-story-1995', 51)).rejects.toMatchObject({ code: 'validation-failed' });
  });

  it('responds while catalog is unreachable, also after a restart', async () => {
    const { asOf } = await similar('toy-story-1995');
    catalog.unreachable = true;
    expect(await similar('alien-1979')).toMatchObject({ asOf });
    await stopService();
    await startService();
    expect(await similar('toy-story-1995')).toEqual({ items: [films[2], films[1]], asOf });
  });
});
