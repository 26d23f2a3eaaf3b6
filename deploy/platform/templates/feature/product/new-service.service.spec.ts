import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProductDetail } from '@film-store/contracts';
import { HealthRegistry } from '@film-store/health';
import { type HttpUpstream, createUpstream } from '@film-store/resilience';
import { CalledServiceClient } from '../../upstream/product/called-service.client.ts';
import { NewServiceService } from './new-service.service.ts';

const ALIEN: ProductDetail = {
  product: {
    id: 'alien-1979',
    title: 'Alien',
    genre: 'Horror',
    creativeType: null,
    source: null,
    director: 'Ridley Scott',
    distributor: null,
    releaseDate: null,
    mpaaRating: null,
    runningTimeMin: null,
    imdb: { rating: null, votes: null },
    price: { amount: 999, currency: 'EUR' },
  },
  availability: { inStock: true, quantity: 7, lastUpdated: '2026-01-01T00:00:00.000Z' },
};

describe('NewServiceService', () => {
  const server = createServer((request, response) => {
    response
      .writeHead(request.url === '/products/alien-1979' ? 200 : 503, { 'content-type': 'application/json' })
      .end(JSON.stringify(ALIEN));
  });
  let upstream: HttpUpstream;
  let service: NewServiceService;

  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    upstream = createUpstream('called-service', { url: `http://127.0.0.1:${port}` });
    service = new NewServiceService(new CalledServiceClient(upstream, new HealthRegistry()));
  });
  afterAll(async () => {
    await upstream.onApplicationShutdown();
    server.close();
  });

  it('returns an entry about a product', async () => {
    expect(await service.find('alien-1979')).toEqual({
      items: [{ title: 'Alien', text: 'Horror, Ridley Scott' }],
    });
  });

  it('fails when called service is unavailable', async () => {
    await expect(service.find('brazil-1985')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
