import { describe, expect, it } from 'vitest';
import { isAdmin } from './admin.ts';

const local = { remoteAddress: '127.0.0.1', headers: { host: 'localhost:3000' } };
const withHeaders = (headers: Record<string, string>) => ({
  ...local,
  headers: { ...local.headers, ...headers },
});

describe('without a token', () => {
  it.each([
    ['a program on this machine', local],
    ['a program over IPv6', { remoteAddress: '::1', headers: { host: '[::1]:3000' } }],
    [
      'a program over IPv4 in IPv6',
      { remoteAddress: '::ffff:127.0.0.1', headers: { host: '127.0.0.1:3000' } },
    ],
    ['the own page', withHeaders({ origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' })],
    ['a user who typed the address', withHeaders({ 'sec-fetch-site': 'none' })],
  ])('%s is an operator', (_, request) => {
    expect(isAdmin(request, undefined)).toBe(true);
  });

  it.each([
    ['another machine', { ...local, remoteAddress: '192.168.0.7' }],
    ['a client of a proxy', withHeaders({ 'x-forwarded-for': '192.168.0.7' })],
    ['a page of another site', withHeaders({ origin: 'http://evil.example' })],
    ['a page of another port', withHeaders({ origin: 'http://localhost:8080' })],
    ['an image in a page of another site', withHeaders({ 'sec-fetch-site': 'cross-site' })],
    ['an image in a page of another port', withHeaders({ 'sec-fetch-site': 'same-site' })],
    ['a request with another host name', withHeaders({ host: 'evil.example' })],
    ['a request with a host name that starts like a local one', withHeaders({ host: '127.evil.example' })],
    ['a request without a host name', { remoteAddress: '127.0.0.1', headers: {} }],
  ])('%s is no operator', (_, request) => {
    expect(isAdmin(request, undefined)).toBe(false);
  });
});

it.each([
  ['forwarded', 'for=192.168.0.7'],
  ['via', '1.1 proxy'],
  ['cdn-loop', 'cdn.example'],
  ['x-forwarded-host', 'store.example'],
  ['x-forwarded-proto', 'https'],
  ['x-forwarded-port', ''],
  ['x-real-ip', '192.168.0.7'],
  ['x-client-ip', '192.168.0.7'],
  ['cf-connecting-ip', '192.168.0.7'],
  ['true-client-ip', '192.168.0.7'],
  ['fastly-client-ip', '192.168.0.7'],
  ['x-envoy-external-address', '192.168.0.7'],
])('without a token, the client of a proxy that only sets %s is no operator', (name, value) => {
  expect(isAdmin(withHeaders({ [name]: value }), undefined)).toBe(false);
});

describe('with a token', () => {
  it.each([
    ['Bearer s3cret', true],
    ['bearer s3cret', true],
    ['Bearer s3cre', false],
    ['Bearer s3cret2', false],
    ['s3cret', false],
    ['', false],
  ])('%j is an operator: %s', (authorization, admitted) => {
    expect(isAdmin(withHeaders({ authorization }), 's3cret')).toBe(admitted);
  });

  it('a program on this machine without it is no operator', () => {
    expect(isAdmin(local, 's3cret')).toBe(false);
  });
});
