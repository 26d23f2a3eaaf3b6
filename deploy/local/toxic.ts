/** A fault of one direction of a connection. */
export type Toxic =
  /** Delays all bytes by `ms`. */
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** Closes the connection after `afterBytes` bytes. 0 lets none pass. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Holds all bytes back without an error. They arrive when the fault ends, as TCP resends them. */
  | { readonly kind: 'black-hole' }
  /** Resets the connection with an RST at the first byte. */
  | { readonly kind: 'reset' };

/** The treatment of a chunk of bytes. */
export type Delivery =
  /** Written `lateMs` after their arrival. The next bytes wait for another `busyMs`. */
  | { readonly kind: 'passes'; readonly lateMs: number; readonly busyMs: number }
  | { readonly kind: 'held' }
  /** Only the first `bytes` are written, then the connection ends. */
  | { readonly kind: 'ends'; readonly bytes: number; readonly by: 'close' | 'reset' };

/** @param passed number of bytes in this direction of the connection since the toxic was set */
export function applyToxic(toxic: Toxic | undefined, bytes: number, passed: number): Delivery {
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
