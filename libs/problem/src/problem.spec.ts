import { describe, expect, it } from 'vitest';
import { Problem, type ProblemKind, problemBody, registerProblems } from './problem.ts';
// Registers the codes of the store.
import '@film-store/contracts';

declare module '@film-store/problem' {
  interface ApplicationProblems {
    'no-seats-left': ProblemKind;
  }
}

describe('Problem', () => {
  it('has the standard members and its own', () => {
    const problem = new Problem('out-of-stock', {
      detail: 'one film is sold out',
      errors: [{ pointer: '/items/0/quantity', detail: 'none left' }],
    });
    expect(problem.status).toBe(409);
    expect(problem.toBody('r-1')).toEqual({
      type: 'urn:film-store:problem:out-of-stock',
      title: 'Out of stock',
      status: 409,
      detail: 'one film is sold out',
      code: 'out-of-stock',
      retryable: false,
      requestId: 'r-1',
      errors: [{ pointer: '/items/0/quantity', detail: 'none left' }],
    });
  });

  it('omits members without a value', () => {
    expect(Object.keys(new Problem('internal').toBody('r-1'))).toEqual([
      'type',
      'title',
      'status',
      'code',
      'retryable',
      'requestId',
    ]);
  });

  it('warns that another key is not safe', () => {
    expect(new Problem('outcome-unknown').toBody('r-1')).toMatchObject({
      status: 409,
      retryable: false,
      safeNewKey: false,
    });
  });

  it('becomes a response that no cache stores, with its own headers', () => {
    const problem = new Problem('operation-in-progress', { headers: { 'retry-after': '7' } });
    expect(problem.toResponse('r-1')).toEqual({
      status: 409,
      headers: {
        'retry-after': '7',
        'cache-control': 'no-store',
        'content-type': 'application/problem+json; charset=utf-8',
      },
      body: JSON.stringify(problem.toBody('r-1')),
    });
  });

  it('takes another status', () => {
    const problem = new Problem('validation-failed', { status: 422 });
    expect(problem.status).toBe(422);
    expect(problem.toBody('r-1').status).toBe(422);
  });

  it('keeps its cause out of the body', () => {
    const cause = new Error('connect ECONNREFUSED 10.0.0.7:5432');
    const problem = new Problem('internal', { cause });
    expect(problem.cause).toBe(cause);
    expect(JSON.stringify(problem.toBody('r-1'))).not.toContain('10.0.0.7');
  });

  it.each([
    ['idempotency-key-missing', 400],
    ['operation-in-progress', 409],
    ['idempotency-key-reused', 422],
    ['unavailable', 503],
  ] as const)('exposes the status and the message of %s to frameworks', (code, status) => {
    expect(new Problem(code)).toMatchObject({ statusCode: status, expose: true });
  });

  it('hides the message of an internal problem from frameworks', () => {
    expect(new Problem('internal', { detail: 'a table is missing' })).toMatchObject({
      statusCode: 500,
      expose: false,
    });
  });
});

describe('registerProblems', () => {
  const kind = { status: 409, title: 'No seats left', retryable: false };

  it('rejects a code that is not registered', () => {
    expect(() => new Problem('no-seats-left')).toThrow('problem code is not registered: no-seats-left');
    expect(() => new Problem('toString' as 'internal')).toThrow('not registered');
  });

  it('rejects all codes if one of them is registered already', () => {
    expect(() => registerProblems({ 'no-seats-left': kind, 'out-of-stock': kind })).toThrow(
      'problem codes are registered already: out-of-stock',
    );
    expect(() => new Problem('no-seats-left')).toThrow('not registered');
  });

  it('adds codes, so that their problems can be created and parsed', () => {
    registerProblems({ 'no-seats-left': kind });
    const body = new Problem('no-seats-left').toBody('r-1');
    expect(body).toMatchObject({ status: 409, title: 'No seats left', code: 'no-seats-left' });
    expect(problemBody.parse(body)).toEqual(body);
  });
});
