import { describe, expect, it } from 'vitest';
import { acceptRequestId } from './request-id.ts';

describe('acceptRequestId', () => {
  it.each(['a', 'A-1._', 'x'.repeat(128)])('accepts %s', (id) => {
    expect(acceptRequestId(id)).toBe(id);
  });

  it.each([undefined, '', 'x'.repeat(129), 'a b', 'a\r\nforged', 'ä', ['a', 'b']])('replaces %j', (id) => {
    expect(acceptRequestId(id)).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  });
});
