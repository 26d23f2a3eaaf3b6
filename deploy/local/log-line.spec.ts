import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isNotable, readableLine } from './log-line.ts';

const readable = (text: string) => stripVTControlCharacters(readableLine(text));

describe('a line of output', () => {
  it('has the level, context, message and error', () => {
    const text = '{"level":50,"context":"Orders","msg":"cannot order","err":{"message":"no stock"}}';
    expect(readable(text)).toBe('ERROR [Orders] cannot order: no stock');
    expect(readable('{"level":30,"msg":"up"}')).toBe('info up');
  });

  it.each(['plain', '{broken', '{"no":"level"}', '[1]', ''])(
    'stays unchanged if it is no log record: %j',
    (text) => {
      expect(readable(text)).toBe(text);
    },
  );

  it('is notable from warnings on, and as unstructured output on stderr', () => {
    expect(isNotable({ stream: 'stdout', text: '{"level":39,"msg":""}' })).toBe(false);
    expect(isNotable({ stream: 'stdout', text: '{"level":40,"msg":""}' })).toBe(true);
    expect(isNotable({ stream: 'stdout', text: 'plain' })).toBe(false);
    expect(isNotable({ stream: 'stderr', text: 'plain' })).toBe(true);
    expect(isNotable({ stream: 'stderr', text: ' ' })).toBe(false);
  });
});
