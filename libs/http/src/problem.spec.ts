import { describe, expect, it } from 'vitest';
import { Problem } from './problem.ts';

describe('Problem', () => {
  it('answers with the standard members and our own', () => {
    const problem = new Problem('out-of-stock', {
      detail: 'one film is sold out',
      errors: [{ pointer: '/items/0/quantity', detail: 'none left' }],
    });
    expect(problem.status).toBe(409);
    expect(problem.toBody('r-1')).toEqual({
      type: 'urn:film-store:problem:out-of-stock',
      title: 'Not enough in stock',
      status: 409,
      detail: 'one film is sold out',
      code: 'out-of-stock',
      retryable: false,
      requestId: 'r-1',
      errors: [{ pointer: '/items/0/quantity', detail: 'none left' }],
    });
  });

  it('leaves out what it does not know', () => {
    expect(Object.keys(new Problem('internal').toBody('r-1'))).toEqual([
      'type',
      'title',
      'status',
      'code',
      'retryable',
      'requestId',
    ]);
  });

  it('says so where another key would not be safe', () => {
    expect(new Problem('outcome-unknown').toBody('r-1')).toMatchObject({
      status: 409,
      retryable: false,
      safeNewKey: false,
    });
  });

  it('goes on the wire as JSON that nobody may keep, with its own headers', () => {
    const problem = new Problem('operation-in-progress', { headers: { 'retry-after': '7' } });
    expect(problem.toAnswer('r-1')).toEqual({
      status: 409,
      headers: {
        'retry-after': '7',
        'cache-control': 'no-store',
        'content-type': 'application/problem+json; charset=utf-8',
      },
      body: JSON.stringify(problem.toBody('r-1')),
    });
  });

  it('takes another status where a code has two', () => {
    const problem = new Problem('validation-failed', { status: 422 });
    expect(problem.status).toBe(422);
    expect(problem.toBody('r-1').status).toBe(422);
  });

  it('keeps its cause for the log, never for the body', () => {
    const cause = new Error('connect ECONNREFUSED 10.0.0.7:5432');
    const problem = new Problem('internal', { cause });
    expect(problem.cause).toBe(cause);
    expect(JSON.stringify(problem.toBody('r-1'))).not.toContain('10.0.0.7');
  });
});
