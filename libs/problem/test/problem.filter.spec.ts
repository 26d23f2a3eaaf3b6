import { Body, Controller, type INestApplication, Module, Post } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ProblemFilter, type ProblemLogger } from '../src/problem.filter.ts';
import { Problem } from '../src/problem.ts';
import { validationPipe } from '../src/validation.ts';

const failures: Readonly<Record<string, () => Error>> = {
  problem: () => new Problem('overloaded', { headers: { 'retry-after': '7' } }),
  defect: () => new TypeError('rows is undefined'),
};

const failureRequest = z.object({ failure: z.string() });

@Controller('failures')
class FailuresController {
  @Post()
  fail(@Body({ schema: failureRequest }) { failure }: { readonly failure: string }): never {
    throw failures[failure]!();
  }
}

@Module({ controllers: [FailuresController] })
class FailuresModule {}

describe.each<[string, () => AbstractHttpAdapter]>([
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
])('the filter on %s', (_, createAdapter) => {
  const records: [level: string, fields: object][] = [];
  const record = (level: string) => (fields: object) => void records.push([level, fields]);
  const logger: ProblemLogger = { error: record('error'), warn: record('warn'), debug: record('debug') };
  let app: INestApplication;
  let url = '';
  beforeAll(async () => {
    app = await NestFactory.create(FailuresModule, createAdapter(), { logger: false });
    app.useGlobalFilters(new ProblemFilter(logger));
    app.useGlobalPipes(validationPipe());
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(() => app.close());

  async function post(body: string) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/failures`, { method: 'POST', headers, body });
    return { response, body: (await response.json()) as object };
  }

  it('sends a problem with its headers and logs it as a warning', async () => {
    const { response, body } = await post('{"failure":"problem"}');
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('retry-after')).toBe('7');
    expect(body).toMatchObject({ type: 'urn:problem:overloaded', code: 'overloaded', retryable: true });
    expect(body).toHaveProperty('requestId', expect.stringMatching(/./));
    expect(records.pop()).toMatchObject(['warn', { event: 'http.problem', code: 'overloaded' }]);
  });

  it('sends an opaque 500 for any other error and logs the error', async () => {
    const { response, body } = await post('{"failure":"defect"}');
    expect(response.status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('rows');
    expect(records.pop()).toMatchObject([
      'error',
      { code: 'internal', err: { message: 'rows is undefined' } },
    ]);
  });

  it('sends 400 for a body that is not JSON or has the wrong form, with a pointer to the error', async () => {
    expect((await post('{"failure":')).body).toMatchObject({ status: 400, code: 'validation-failed' });
    expect((await post('{"failure":1}')).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '/failure' }],
    });
  });
});
