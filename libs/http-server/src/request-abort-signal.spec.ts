import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClientDisconnected } from '@film-store/core';
import type { Problem } from '@film-store/problem';
import { createRequestAbortSignal } from './request-abort-signal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Creates the signal of a complete request with one second, and records the responses. */
function begin(method: string) {
  const message = new IncomingMessage(new Socket());
  message.complete = true;
  const raw = new ServerResponse(message);
  const responses: string[] = [];
  const respond = ({ code }: Problem): void => void responses.push(code);
  const request = { method, raw: message } as FastifyRequest;
  return {
    message,
    raw,
    responses,
    signal: createRequestAbortSignal(request, { raw } as FastifyReply, 1000, respond),
  };
}

describe.each(['GET', 'POST'])('the signal of a %s', (method) => {
  it('aborts exactly at the deadline, after the response', () => {
    const { responses, signal } = begin(method);
    const atAbort: string[][] = [];
    signal.addEventListener('abort', () => atAbort.push([...responses]));
    vi.advanceTimersByTime(999);
    expect([signal.aborted, responses]).toEqual([false, []]);
    vi.advanceTimersByTime(1);
    expect(signal.reason).toMatchObject({ code: 'deadline-exceeded' });
    expect(atAbort).toEqual([['deadline-exceeded']]);
  });

  it('aborts with request-timeout if the body is incomplete', () => {
    const { message, responses, signal } = begin(method);
    message.complete = false;
    vi.advanceTimersByTime(1000);
    expect(responses).toEqual(['request-timeout']);
    expect(signal.reason).toMatchObject({ headers: { connection: 'close' } });
  });

  it('does not abort after the response, and leaves no timer', () => {
    const { raw, responses, signal } = begin(method);
    raw.end();
    Object.defineProperty(raw, 'writableFinished', { value: true });
    raw.emit('close');
    expect([signal.aborted, responses, vi.getTimerCount()]).toEqual([false, [], 0]);
  });
});

it('the signal of a read aborts when its client leaves', () => {
  const { raw, responses, signal } = begin('GET');
  raw.emit('close');
  expect(signal.reason).toBeInstanceOf(ClientDisconnected);
  expect([responses, vi.getTimerCount()]).toEqual([[], 0]);
});

it('the signal of a write aborts at the deadline, not when its client leaves', () => {
  const { raw, signal } = begin('POST');
  raw.emit('close');
  vi.advanceTimersByTime(999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.reason).toMatchObject({ code: 'deadline-exceeded' });
});

it('the signal of a write does not abort if the handler ended after its client left', () => {
  const { raw, responses, signal } = begin('POST');
  raw.emit('close');
  raw.end();
  vi.advanceTimersByTime(1000);
  expect([signal.aborted, responses]).toEqual([false, []]);
});
