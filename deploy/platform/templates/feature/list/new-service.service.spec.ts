import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HealthRegistry } from '@film-store/health';
import { type HttpUpstream, createUpstream } from '@film-store/resilience';
import { CalledServiceClient } from '../../upstream/list/called-service.client.ts';
import { NewServiceService } from './new-service.service.ts';

describe('NewServiceService', () => {
  const server = createServer((request, response) => {
    const known = request.url === '/called-service?productId=alien-1979';
    response
      .writeHead(known ? 200 : 503, { 'content-type': 'application/json' })
      .end(JSON.stringify({ items: [], asOf: '2026-01-01T00:00:00.000Z' }));
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
      items: [{ title: 'Called service', text: '0 entries' }],
    });
  });

  it('fails when called service is unavailable', async () => {
    await expect(service.find('no-such-film')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
