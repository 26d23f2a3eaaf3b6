import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startOtlpCollector } from '../support/otlp-collector.ts';
import { getPage } from './client.ts';
import { startStore } from './store.ts';

/** Of these every service has to send some. */
const signals = ['gateway', 'catalog', 'recommendations'].flatMap((service) =>
  [
    'http.server.request.duration',
    'upstream.attempt.duration',
    'upstream.breaker.state',
    'inbound.limit',
    'process.memory.usage',
  ].map((name) => `${service}: ${name}`),
);

it('a page is one trace over all three services, and exported with their metrics before they end', async () => {
  const collector = await startOtlpCollector();
  const store = await startStore({ DATABASE_URL: '', REDIS_URL: '', ...collector.env });
  try {
    await getPage(store, 'the-dark-knight-2008');
    await eventually(() => expect([...collector.metrics]).toEqual(expect.arrayContaining(signals)));
  } finally {
    await store.close();
    collector.close();
  }
  const page = collector.spans.find(({ name }) => name === 'GET /api/products/:id');
  const trace = collector.spans.filter(({ traceId }) => traceId === page?.traceId);
  const nameOf = (id: string | undefined) => trace.find(({ spanId }) => spanId === id)?.name;
  const edges = trace.map(
    ({ service, name, parentSpanId }) => `${service}: ${name} < ${nameOf(parentSpanId)}`,
  );
  expect(new Set(edges)).toEqual(
    new Set([
      'gateway: GET /api/products/:id < undefined',
      'gateway: GET catalog < GET /api/products/:id',
      'catalog: GET /products/:id < GET catalog',
      'catalog: database < GET /products/:id',
      'gateway: GET recommendations < GET /api/products/:id',
      'recommendations: GET /recommendations < GET recommendations',
    ]),
  );
});
