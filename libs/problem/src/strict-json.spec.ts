import { describe, expect, it } from 'vitest';
import { checkStrictJson } from './strict-json.ts';

describe('checkStrictJson', () => {
  it.each([
    '{}',
    'null',
    '"a"',
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}',
    '{"a":"a","b":"{\\"a\\":1,\\"a\\":1}"}',
    '{"a\\\\":1,"a":2}',
    '["a","a",{"a":["a"]}]',
    '{"a":9007199254740991,"b":-9007199254740991}',
    '{"a":0.1,"b":1e-400,"c":-0,"d":1.0,"e":1E+2}',
    '"9007199254740993"',
  ])('accepts %s', (text) => {
    expect(checkStrictJson(text)).toBeUndefined();
  });

  it.each([
    '{"a":1,"a":1}',
    '{"a" : 1,\n "b":2, "a"\t:3}',
    '{"a":1,"\\u0061":2}',
    '[{"b":{"a":[],"a":[]}}]',
    '{"a":{"a":1},"b":[],"a":2}',
    '{"__proto__":1,"__proto__":2}',
    '9007199254740992',
    '[-9007199254740993]',
    '{"a":1e400}',
    '{"a":10000000000000000.0}',
    '\ufeff{}',
  ])('rejects %s', (text) => {
    expect(checkStrictJson(text)).toMatchObject({ code: 'validation-failed', status: 400 });
  });

  it('accepts deep and long texts', () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    expect(checkStrictJson(deep)).toBeUndefined();
    expect(checkStrictJson(`"${'\\\\'.repeat(1_000_000)}"`)).toBeUndefined();
  });
});
