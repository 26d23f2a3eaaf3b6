/*
 * The minimum for a rejection and for an unknown path: `node:http`, or Fastify with one hook. Paths below `/api/products`
 * get a 503, all others a 404, each with a fixed body.
 */
import { createServer } from 'node:http';
import fastify from 'fastify';

const toBody = (status: number): Buffer =>
  Buffer.from(
    JSON.stringify({
      type: 'urn:film-store:problem:overloaded',
      title: 'Service overloaded',
      status,
      code: 'overloaded',
      retryable: true,
      requestId: '00000000-0000-4000-8000-000000000001',
    }),
  );
const bodies = { 404: toBody(404), 503: toBody(503) };
const toStatus = (url = ''): keyof typeof bodies => (url.startsWith('/api/products/') ? 503 : 404);
const port = Number(process.env['PORT']);

switch (process.argv[2]) {
  case 'node:http':
    createServer(({ url }, response) => {
      const status = toStatus(url);
      const body = bodies[status];
      const headers = { 'content-type': 'application/problem+json', 'content-length': body.length };
      response.writeHead(status, headers).end(body);
    }).listen(port, '127.0.0.1');
    break;
  case 'fastify': {
    const server = fastify();
    server.addHook('onRequest', ({ url }, reply) => {
      const status = toStatus(url);
      void reply.code(status).header('content-type', 'application/problem+json').send(bodies[status]);
    });
    server.get('/api/products/:id', () => ({}));
    await server.listen({ port, host: '127.0.0.1' });
    break;
  }
  default:
    throw new Error('usage: servers.ts node:http | fastify');
}
