import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { requestContext } from '@film-store/core';
import { createLogger } from './logger.ts';

function capture() {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { lines, logger: createLogger('films', 'info', sink) };
}

it('writes one JSON object per line, even if the message has line breaks', () => {
  const { lines, logger } = capture();
  logger.info({ title: 'Alien\r\n{"level":60}\u001b[31m' }, 'line one\nline two');
  expect(lines).toHaveLength(1);
  expect(lines[0]?.trimEnd()).not.toMatch(/\p{Cc}/u);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ service: 'films', msg: 'line one\nline two' });
});

it('adds the id of the request to every line within it', () => {
  const { lines, logger } = capture();
  requestContext.run({ requestId: 'r-1', deadline: 1, priority: 'normal' }, () => logger.info('inside'));
  logger.info('outside');
  const [inside, outside] = lines.map((line) => JSON.parse(line) as { requestId?: string });
  expect(inside?.requestId).toBe('r-1');
  expect(inside).not.toHaveProperty('deadline');
  expect(outside).not.toHaveProperty('requestId');
});

it.each([
  ['a header', { req: { headers: { authorization: 'Basic hunter2' } } }],
  ['a nested cookie', { a: { b: { c: { d: { cookie: 'sid=hunter2' } } } } }],
  ['set-cookie headers', { 'set-cookie': ['sid=hunter2', 'b="hunter2"'] }],
  ['an idempotency key', { 'Idempotency-Key': 'hunter2' }],
  ['a token', { accessToken: 'hun\\"ter2 hunter2' }],
  ['an e-mail address in a sentence', { detail: 'unknown user hunter2@example.com' }],
  ['an e-mail address in a URL', { url: '/api/products/hunter2%40example.com' }],
  ['a bearer token in an error', { err: new Error('rejected: Bearer hunter2.abc') }],
  [
    'arguments of a command that Redis rejected',
    { err: Object.assign(new Error('WRONGPASS'), { command: { name: 'auth', args: ['ann]"', 'hunter2'] } }) },
  ],
  [
    'a Buffer in the arguments of a command, and the arguments after it',
    { err: Object.assign(new Error('OOM'), { command: { args: [1, Buffer.from([1, 2]), 'hunter2'] } }) },
  ],
])('never writes %s', (_, fields) => {
  const { lines, logger } = capture();
  logger.warn(fields, 'logged');
  expect(lines[0]).not.toContain('hunter2');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ service: 'films', msg: 'logged' });
});
