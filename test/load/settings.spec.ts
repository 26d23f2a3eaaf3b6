import { describe, expect, it } from 'vitest';
import { parseSettings } from './settings.ts';

const HOME = 'http://localhost:3000/api/home';

describe('a load', () => {
  it('defaults to 50 reads per second for 20 s of each page of the store', () => {
    expect(parseSettings([])).toEqual({
      rps: 50,
      seconds: 20,
      orders: 0,
      urls: [
        HOME,
        'http://localhost:3000/api/products',
        'http://localhost:3000/api/products/the-dark-knight-2008',
      ],
    });
  });

  it('follows its arguments', () => {
    const args = [
      '--rps',
      '1000',
      '--seconds=600',
      '--orders',
      '0.05',
      'http://127.0.0.1:4000/x',
      'http://[::1]:1',
    ];
    expect(parseSettings(args)).toEqual({
      rps: 1000,
      seconds: 600,
      orders: 0.05,
      urls: ['http://127.0.0.1:4000/x', 'http://[::1]:1'],
    });
  });

  it.each([
    ['--rps', '0'],
    ['--rps', '1001'],
    ['--rps', '1.5'],
    ['--rps', 'many'],
    ['--rps', ''],
    ['--seconds', '0'],
    ['--seconds', '601'],
    ['--orders', '-0.01'],
    ['--orders', '1.01'],
  ])('of %s %s is rejected', (name, wrong) => {
    expect(() => parseSettings([`${name}=${wrong}`])).toThrow(`→ at ${name.slice(2)}`);
  });

  it.each([
    'https://localhost',
    'http://example.org',
    'http://localhost.example.org',
    'http://10.0.0.1',
    'home',
  ])('on %s is rejected: it must be this machine', (url) => {
    expect(() => parseSettings([HOME, url])).toThrow(/an http address of this machine\n\s+→ at urls\[1\]/);
  });

  it('reports all invalid arguments at once', () => {
    const wrong = ['--rps=1001', '--rate=7', '--seconds=x', 'http://example.org', '--orders'];
    expect(() => parseSettings(wrong)).toThrow(
      [
        '✖ Unrecognized key: "rate"',
        '✖ must be a whole number from 1 to 1000',
        '  → at rps',
        '✖ must be a whole number from 1 to 600',
        '  → at seconds',
        '✖ must be a fraction from 0 to 1',
        '  → at orders',
        '✖ must be an http address of this machine',
        '  → at urls[0]',
        'usage: npm run load',
      ].join('\n'),
    );
  });
});
