import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClientDisconnected } from '@film-store/core';
import type { Problem } from '@film-store/problem';
import { createRequestAbortSignal } from './request-abort-signal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A request that has arrived in full and has a second, and what it is answered with by then. */
function begin(method: string) {
  const message = new IncomingMessage(new Socket());
  message.complete = true;
  const raw = new ServerResponse(message);
  const answers: string[] = [];
  const answer = ({ code }: Problem): void => void answers.push(code);
  const request = { method, raw: message } as FastifyRequest;
  return {
    message,
    raw,
    answers,
    signal: createRequestAbortSignal(request, { raw } as FastifyReply, 1000, answer),
  };
}

describe.each(['GET', 'POST'])('the work of a %s', (method) => {
  it('ends with its time, to the millisecond, once it is answered for', () => {
    const { answers, signal } = begin(method);
    const seen: string[][] = [];
    signal.addEventListener('abort', () => seen.push([...answers]));
    vi.advanceTimersByTime(999);
    expect([signal.aborted, answers]).toEqual([false, []]);
    vi.advanceTimersByTime(1);
    expect(signal.reason).toMatchObject({ code: 'deadline-exceeded' });
    expect(seen).toEqual([['deadline-exceeded']]);
  });

  it('that never began, for want of a body, is answered for as a request that took too long', () => {
    const { message, answers, signal } = begin(method);
    message.complete = false;
    vi.advanceTimersByTime(1000);
    expect(answers).toEqual(['request-timeout']);
    expect(signal.reason).toMatchObject({ headers: { connection: 'close' } });
  });

  it('that is done goes unanswered for, and leaves no timer behind', () => {
    const { raw, answers, signal } = begin(method);
    raw.end();
    Object.defineProperty(raw, 'writableFinished', { value: true });
    raw.emit('close');
    expect([signal.aborted, answers, vi.getTimerCount()]).toEqual([false, [], 0]);
  });
});

it('the work of a read ends when its client leaves', () => {
  const { raw, answers, signal } = begin('GET');
  raw.emit('close');
  expect(signal.reason).toBeInstanceOf(ClientDisconnected);
  expect([answers, vi.getTimerCount()]).toEqual([[], 0]);
});

it('the work of a write goes on until its time when its client leaves', () => {
  const { raw, signal } = begin('POST');
  raw.emit('close');
  vi.advanceTimersByTime(999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.reason).toMatchObject({ code: 'deadline-exceeded' });
});

it('a write that was done for a client that had left is not said to have missed its time', () => {
  const { raw, answers, signal } = begin('POST');
  raw.emit('close');
  raw.end();
  vi.advanceTimersByTime(1000);
  expect([signal.aborted, answers]).toEqual([false, []]);
});
