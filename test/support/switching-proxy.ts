import { type Relay, startRelay } from './relay.ts';

/** One address in front of several servers, as in a failover. */
export interface SwitchingProxy extends Relay {
  /** Open connections stay. */
  leadTo(port: number): void;
}

/** Starts a proxy to a port of 127.0.0.1. */
export async function startSwitchingProxy(first: number): Promise<SwitchingProxy> {
  let target = first;
  const relay = await startRelay(() => target);
  return { ...relay, leadTo: (port) => void (target = port) };
}
