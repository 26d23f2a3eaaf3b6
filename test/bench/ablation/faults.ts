import { degradable } from '../../../deploy/local/services.ts';
import { target } from '../gateway.ts';
import type { Behavior } from './upstreams.ts';

/** One fault of an upstream. */
export interface Fault {
  readonly name: string;
  readonly description: string;
  /** The upstream that fails. */
  readonly upstream: string;
  readonly behavior: Behavior;
  /** Instances of the upstream; the fault affects the first one. @default 1 */
  readonly instances?: number;
}

const optional: readonly Fault[] = [
  {
    name: `${target}-hangs`,
    description: `${target} does not respond`,
    upstream: target,
    behavior: 'hangs',
  },
  {
    name: `${target}-unavailable`,
    description: `${target} responds with 503`,
    upstream: target,
    behavior: 'unavailable',
  },
];

export const upstreamFaults: readonly Fault[] = [
  ...(degradable.length > 0 ? optional : []),
  { name: 'catalog-hangs', description: 'catalog does not respond', upstream: 'catalog', behavior: 'hangs' },
  {
    name: 'catalog-resets',
    description: 'catalog resets connections',
    upstream: 'catalog',
    behavior: 'resets',
  },
  {
    name: 'catalog-flaky',
    description: 'one call in five to catalog gets a 503',
    upstream: 'catalog',
    behavior: 'flaky',
  },
  {
    name: 'catalog-slow',
    description: 'every response of catalog takes 700 ms',
    upstream: 'catalog',
    behavior: 'slow',
  },
  {
    name: 'catalog-slow-at-times',
    description: 'one response of catalog in 33 takes 500 ms',
    upstream: 'catalog',
    behavior: 'slow-at-times',
  },
  {
    name: 'one-instance-hangs',
    description: 'one of two instances of catalog does not respond',
    upstream: 'catalog',
    behavior: 'hangs',
    instances: 2,
  },
  {
    name: 'orders-lost',
    description: 'catalog resets the connection after three of four orders that it has placed',
    upstream: 'catalog',
    behavior: 'loses-orders',
  },
];

export const OVERLOAD = 'overload';
export const faultNames: readonly string[] = [...upstreamFaults.map(({ name }) => name), OVERLOAD];
