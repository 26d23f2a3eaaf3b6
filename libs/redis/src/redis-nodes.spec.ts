import { describe, expect, it } from 'vitest';
import { parseRedisNodes } from './redis-nodes.ts';

describe('parseRedisNodes', () => {
  it.each([
    ['one:26379', [{ host: 'one', port: 26379 }]],
    ['[::1]:26379', [{ host: '::1', port: 26379 }]],
    [
      ' one:7000, 127.0.0.1:7001 ,\t[2001:db8::2]:65535 ',
      [
        { host: 'one', port: 7000 },
        { host: '127.0.0.1', port: 7001 },
        { host: '2001:db8::2', port: 65535 },
      ],
    ],
  ])('parses %j', (list, nodes) => {
    expect(parseRedisNodes(list)).toEqual(nodes);
  });

  it.each([
    '',
    'one',
    'one:',
    ':1',
    'one:1,',
    'one:65536',
    'o ne:1',
    '::1:26379',
    '[one]:1',
    '[::1]',
    'one:1;two:2',
  ])('rejects %j', (list) => {
    expect(parseRedisNodes(list)).toBeUndefined();
  });
});
