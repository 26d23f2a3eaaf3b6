import { expect, it } from 'vitest';
import { ReplicaFreshness, parsePosition } from './replica-freshness.ts';

it('is unknown until the replica reaches a position of the primary', () => {
  const freshness = new ReplicaFreshness();
  freshness.recordReplica(9n);
  freshness.recordPrimary(10n, 1000);
  freshness.recordReplica(9n);
  expect(freshness.asOf).toBeUndefined();
  freshness.recordReplica(10n);
  expect(freshness.asOf).toBe(1000);
});

it('is the time of the last sample that the replica has reached', () => {
  const freshness = new ReplicaFreshness();
  freshness.recordPrimary(10n, 1000);
  freshness.recordPrimary(20n, 2000);
  freshness.recordPrimary(20n, 3000);
  freshness.recordPrimary(30n, 4000);
  freshness.recordReplica(29n);
  expect(freshness.asOf).toBe(3000);
  freshness.recordReplica(30n);
  expect(freshness.asOf).toBe(4000);
});

it('does not change while the replica stands still', () => {
  const freshness = new ReplicaFreshness();
  freshness.recordPrimary(10n, 1000);
  freshness.recordReplica(10n);
  freshness.recordPrimary(20n, 2000);
  freshness.recordReplica(10n);
  expect(freshness.asOf).toBe(1000);
});

it('remembers 120 samples', () => {
  const freshness = new ReplicaFreshness();
  for (let at = 0; at <= 120; at++) freshness.recordPrimary(BigInt(at), at);
  freshness.recordReplica(0n);
  expect(freshness.asOf).toBeUndefined();
  freshness.recordReplica(1n);
  expect(freshness.asOf).toBe(1);
});

it('is unknown when the replica is replaced by a server with older data', () => {
  const freshness = new ReplicaFreshness();
  freshness.recordPrimary(10n, 1000);
  freshness.recordReplica(10n);
  freshness.recordReplica(9n);
  expect(freshness.asOf).toBeUndefined();
});

it('is unknown after a reset', () => {
  const freshness = new ReplicaFreshness();
  freshness.recordPrimary(10n, 1000);
  freshness.recordReplica(10n);
  freshness.reset();
  freshness.recordReplica(10n);
  expect(freshness.asOf).toBeUndefined();
});

it.each([
  ['0/0', 0n],
  ['0/B374D848', 3_010_779_208n],
  ['16/B374D848', 97_500_059_720n],
])('parses the position %s', (text, position) => {
  expect(parsePosition(text)).toBe(position);
});
