/** What is wrong with one direction of a connection. */
export type Toxic =
  /** Everything arrives `ms` later. */
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** The connection is closed once so many bytes have passed; 0 lets none pass. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Nothing arrives, and nobody is told; what was sent arrives when this is over, as TCP sends it again. */
  | { readonly kind: 'black-hole' }
  /** The connection is torn down by an RST as soon as something is sent. */
  | { readonly kind: 'reset' };

/** What becomes of some bytes. */
export type Fate =
  /** They are written `lateMs` after they arrived, and keep those behind them waiting for another `busyMs`. */
  | { readonly kind: 'passes'; readonly lateMs: number; readonly busyMs: number }
  | { readonly kind: 'held' }
  /** Only the first `bytes` of them are written, then the connection is no more. */
  | { readonly kind: 'ends'; readonly bytes: number; readonly by: 'close' | 'reset' };

/** @param passed how many bytes went the same way of the same connection since the toxic was set */
export function fateOf(toxic: Toxic | undefined, bytes: number, passed: number): Fate {
  switch (toxic?.kind) {
    case undefined:
      return { kind: 'passes', lateMs: 0, busyMs: 0 };
    case 'latency':
      return { kind: 'passes', lateMs: toxic.ms, busyMs: 0 };
    case 'bandwidth':
      return { kind: 'passes', lateMs: 0, busyMs: (1000 * bytes) / toxic.bytesPerSecond };
    case 'cut': {
      const left = toxic.afterBytes - passed;
      if (bytes < left) return { kind: 'passes', lateMs: 0, busyMs: 0 };
      return { kind: 'ends', bytes: left, by: 'close' };
    }
    case 'black-hole':
      return { kind: 'held' };
    case 'reset':
      return { kind: 'ends', bytes: 0, by: 'reset' };
    default:
      return toxic satisfies never;
  }
}
