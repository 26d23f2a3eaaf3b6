import { Controller, Get, Module } from '@nestjs/common';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { problemBody } from '@film-store/problem';
import { serviceConfig } from '../src/config.ts';
import { type Service, createService, defineService } from '../src/service.ts';
import { serviceTokenHeaders, logUnsetToken } from '../src/service-token.ts';

const OLD = 'the-old-token-of-thirty-two-chars';
const NEW = 'the-new-token-of-thirty-two-chars';

let served = 0;

@Controller('films')
class FilmsController {
  @Get()
  films() {
    served += 1;
    return [];
  }
}

@Module({ controllers: [FilmsController] })
class FilmsModule {}

let service: Service | undefined;
const start = async (env: NodeJS.ProcessEnv, isPublic = false): Promise<string> => {
  served = 0;
  const films = defineService({
    name: 'films',
    config: serviceConfig({ port: 0 }),
    module: FilmsModule,
    trust: isPublic ? 'public' : 'internal',
  });
  service = await createService(films, { PORT: '0', LOG_LEVEL: 'silent', ...env });
  return service.start();
};
afterEach(() => service?.stop());

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('a service with a token', () => {
  it('accepts a caller with the token', async () => {
    const url = await start({ SERVICE_TOKEN: NEW });
    expect((await fetch(`${url}/films`, bearer(NEW))).status).toBe(200);
    expect(served).toBe(1);
  });

  it.each([
    ['no token', {}],
    ['another token', bearer(OLD)],
    ['a part of the token', bearer(NEW.slice(0, -1))],
    ['a longer token', bearer(`${NEW}s`)],
    ['the token in another scheme', { headers: { authorization: `Basic ${NEW}` } }],
    ['two tokens', { headers: { authorization: `Bearer ${OLD}, Bearer ${NEW}` } }],
  ])('responds 401 to a caller with %s, and the handler does not run', async (_, init) => {
    const response = await fetch(`${await start({ SERVICE_TOKEN: NEW })}/films`, init);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    const problem = problemBody.parse(await response.json());
    expect(problem.code).toBe('unauthorized');
    expect(response.headers.get('x-request-id')).toBe(problem.requestId);
    expect(served).toBe(0);
  });

  it('responds 401 before it uses the headers or the path of a caller without the token', async () => {
    const url = await start({ SERVICE_TOKEN: NEW });
    const headers = { 'x-request-timeout-ms': '0', 'x-request-priority': 'nonsense' };
    expect((await fetch(`${url}/films`, { headers })).status).toBe(401);
    expect((await fetch(`${url}/no-such-path`)).status).toBe(401);
    expect((await fetch(`${url}/films`, { method: 'DELETE' })).status).toBe(401);
  });

  it('accepts both tokens during a rotation', async () => {
    const url = await start({ SERVICE_TOKEN: `${NEW}, ${OLD}` });
    expect((await fetch(`${url}/films`, bearer(NEW))).status).toBe(200);
    expect((await fetch(`${url}/films`, bearer(OLD))).status).toBe(200);
    expect((await fetch(`${url}/films`, bearer(`${NEW},${OLD}`))).status).toBe(401);
  });

  it.each(['/health/live', '/health/ready', '/metrics', '/ops/resilience'])(
    'needs no service token for %s',
    async (path) => {
      expect((await fetch((await start({ SERVICE_TOKEN: NEW })) + path)).status).toBe(200);
    },
  );
});

it('a service without a configured token accepts every caller', async () => {
  expect((await fetch(`${await start({})}/films`)).status).toBe(200);
});

it('a public service needs no service token of its clients', async () => {
  expect((await fetch(`${await start({ SERVICE_TOKEN: NEW }, true)}/films`)).status).toBe(200);
});

it.each([
  ['short'],
  [`${NEW},`],
  [`${NEW},short`],
  [`${NEW} `],
  ['a token with blanks cannot be a bearer token'],
])('a service does not start with the token %j', async (token) => {
  await expect(start({ SERVICE_TOKEN: token })).rejects.toThrow(
    /SERVICE_TOKEN: must be tokens of 32 or more/,
  );
});

it('sends the first of several tokens, and no header without a token', () => {
  expect(serviceTokenHeaders({ SERVICE_TOKEN: `${NEW},${OLD}` })).toEqual({ authorization: `Bearer ${NEW}` });
  expect(serviceTokenHeaders({ SERVICE_TOKEN: `${NEW} , ${OLD}` })).toEqual({
    authorization: `Bearer ${NEW}`,
  });
  expect(serviceTokenHeaders({})).toEqual({});
});

it.each([
  ['127.0.0.1', undefined, ['info']],
  ['localhost', undefined, ['info']],
  ['::1', undefined, ['info']],
  ['0.0.0.0', undefined, ['warn']],
  ['::', undefined, ['warn']],
  ['10.0.0.1', undefined, ['warn']],
  ['0.0.0.0', NEW, []],
])('a start on %s with the token %j logs at the levels %j', (HOST, SERVICE_TOKEN, levels) => {
  const logged: string[] = [];
  const logger = pino(
    { formatters: { level: (label) => ({ level: label }) } },
    { write: (line: string) => void logged.push((JSON.parse(line) as { level: string }).level) },
  );
  logUnsetToken({ HOST, SERVICE_TOKEN }, logger);
  expect(logged).toEqual(levels);
});
