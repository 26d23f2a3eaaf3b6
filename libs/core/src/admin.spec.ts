import { describe, expect, it } from 'vitest';
import { isAdmin } from './admin.ts';

const local = { remoteAddress: '127.0.0.1', headers: { host: 'localhost:3000' } };
const withHeaders = (headers: Record<string, string>) => ({
  ...local,
  headers: { ...local.headers, ...headers },
});

describe('without a token, an operator is', () => {
  it.each([
    ['who calls from this machine', local],
    ['over IPv6', { remoteAddress: '::1', headers: { host: '[::1]:3000' } }],
    ['over IPv4 in IPv6', { remoteAddress: '::ffff:127.0.0.1', headers: { host: '127.0.0.1:3000' } }],
    ['whose page is ours', withHeaders({ origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' })],
    ['who typed the address', withHeaders({ 'sec-fetch-site': 'none' })],
  ])('%s', (_, request) => {
    expect(isAdmin(request, undefined)).toBe(true);
  });

  it.each([
    ['who calls from elsewhere', { ...local, remoteAddress: '192.168.0.7' }],
    ['behind a proxy', withHeaders({ 'x-forwarded-for': '192.168.0.7' })],
    ['whose page is another’s', withHeaders({ origin: 'http://evil.example' })],
    ['whose page is of another port', withHeaders({ origin: 'http://localhost:8080' })],
    ['whose page of another site loads an image', withHeaders({ 'sec-fetch-site': 'cross-site' })],
    ['whose page of another port does', withHeaders({ 'sec-fetch-site': 'same-site' })],
    ['who was led here by another name', withHeaders({ host: 'evil.example' })],
    ['whose name only begins like ours', withHeaders({ host: '127.evil.example' })],
    ['who names no host', { remoteAddress: '127.0.0.1', headers: {} }],
  ])('not %s', (_, request) => {
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

describe('with a token, an operator is who shows it', () => {
  it.each([
    ['Bearer s3cret', true],
    ['bearer s3cret', true],
    ['Bearer s3cre', false],
    ['Bearer s3cret2', false],
    ['s3cret', false],
    ['', false],
  ])('%j: %s', (authorization, admitted) => {
    expect(isAdmin(withHeaders({ authorization }), 's3cret')).toBe(admitted);
  });

  it('and being here is not enough', () => {
    expect(isAdmin(local, 's3cret')).toBe(false);
  });
});
