import { fastify } from 'fastify';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { LifecycleState } from '@film-store/core';
import { loadSheddingPlugin } from '@film-store/load-shedding';
import { connectionEndPlugin } from './connection-end.ts';
import { EarlyResponses } from './early-responses.ts';
import { InFlightHandlers } from './in-flight-handlers.ts';
import { rejectionPlugin } from './rejections.ts';
import { requestContextPlugin } from './request-context.ts';
import { requestRecordsPlugin } from './request-records.ts';

const context = {
  trust: 'internal',
  logger: pino({ level: 'silent' }),
  phase: new LifecycleState(),
} as const;

it('Fastify rejects the request context without the plugins that must come first', async () => {
  const server = fastify();
  await server.register(requestRecordsPlugin, { ...context, unrecorded: new InFlightHandlers() });
  await server.register(connectionEndPlugin, context);
  await expect(async () => {
    await server.register(requestContextPlugin, context);
  }).rejects.toThrow("The dependency '@film-store/rejections'");
});

it('the request context applies to routes that are added later', async () => {
  const server = fastify();
  await server.register(connectionEndPlugin, context);
  await server.register(loadSheddingPlugin, { strategy: 'off' });
  await server.register(rejectionPlugin, { ...context, early: new EarlyResponses('internal') });
  await server.register(requestRecordsPlugin, { ...context, unrecorded: new InFlightHandlers() });
  await server.register(requestContextPlugin, context);
  server.get('/films', () => ({}));
  const { statusCode, headers } = await server.inject({ url: '/films', headers: { host: 'x' } });
  // The service is still starting.
  expect([statusCode, headers['retry-after']]).toEqual([503, '1']);
  await server.close();
});
