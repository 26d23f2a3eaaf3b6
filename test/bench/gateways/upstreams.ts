// The upstreams of the gateway and an OTLP collector in one process. All of them respond at once with prepared bodies.
import { createServer, type RequestListener } from 'node:http';
import type { Order, ProductDetail } from '@film-store/contracts';
import { films } from './films.ts';
import { recommendationsResponses } from './recommended.ts';

const asOf = '2026-01-01T00:00:00.000Z';

const details = new Map(
  films.map((product) => {
    const detail: ProductDetail = {
      product,
      availability: { inStock: true, quantity: 134, lastUpdated: asOf },
    };
    return [`/products/${product.id}`, Buffer.from(JSON.stringify(detail))];
  }),
);
const price = { amount: 1299, currency: 'EUR' } as const;
const order: Order = {
  id: '00000000-0000-4000-8000-000000000001',
  status: 'confirmed',
  items: [{ productId: 'alien-1979', quantity: 1, unitPrice: price }],
  total: price,
  createdAt: asOf,
};
details.set('/orders', Buffer.from(JSON.stringify(order)));
const respondWith =
  (responses: ReadonlyMap<string, Buffer>): RequestListener =>
  (request, response) => {
    const body = responses.get(request.url ?? '');
    if (!body) return response.writeHead(404).end();
    const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length };
    return response.writeHead(200, headers).end(body);
  };
const collector: RequestListener = (request, response) => {
  request
    .resume()
    .on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
};

process.on('disconnect', () => process.exit());
const listeners = {
  CATALOG_PORT: respondWith(details),
  RECOMMENDATIONS_PORT: respondWith(recommendationsResponses),
  COLLECTOR_PORT: collector,
};
for (const [port, listener] of Object.entries(listeners))
  createServer(listener).listen(Number(process.env[port]), '127.0.0.1');
