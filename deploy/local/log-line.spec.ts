import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isNotable, readableLine } from './log-line.ts';

const readable = (text: string) => stripVTControlCharacters(readableLine(text));

describe('a line of output', () => {
  it('is told as level, context, message and error', () => {
    const text = '{"level":50,"context":"Orders","msg":"cannot order","err":{"message":"no stock"}}';
    expect(readable(text)).toBe('ERROR [Orders] cannot order: no stock');
    expect(readable('{"level":30,"msg":"up"}')).toBe('info up');
  });

  it.each(['plain', '{broken', '{"no":"level"}', '[1]', ''])(
    'that is no log record stays as it is: %j',
    (text) => {
      expect(readable(text)).toBe(text);
    },
  );

  it('is notable from warnings on, or when it was cried out', () => {
    expect(isNotable({ stream: 'stdout', text: '{"level":39,"msg":""}' })).toBe(false);
    expect(isNotable({ stream: 'stdout', text: '{"level":40,"msg":""}' })).toBe(true);
    expect(isNotable({ stream: 'stdout', text: 'plain' })).toBe(false);
    expect(isNotable({ stream: 'stderr', text: 'plain' })).toBe(true);
    expect(isNotable({ stream: 'stderr', text: ' ' })).toBe(false);
  });
});
