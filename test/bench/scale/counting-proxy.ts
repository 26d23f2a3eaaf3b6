import { type Relay, startRelay } from '../../support/relay.ts';

export interface CountingProxy extends Relay {
  /** Round trips of all connections so far. */
  roundTrips(): number;
}

/**
 * Starts a proxy to a port of 127.0.0.1 that counts round trips: a client has sent something, and the server has responded
 * before the client sends again. What a client sends without waiting is one round trip.
 */
export async function startCountingProxy(target: number): Promise<CountingProxy> {
  let count = 0;
  const relay = await startRelay(
    () => target,
    (client, upstream) => {
      let waiting = false;
      client.setNoDelay(true).on('data', () => {
        if (!waiting) count += 1;
        waiting = true;
      });
      upstream.setNoDelay(true).on('data', () => {
        waiting = false;
      });
    },
  );
  return { ...relay, roundTrips: () => count };
}
