/** State of the connection to the polled service. */
export type ConnectionState =
  | { readonly state: 'starting' }
  | { readonly state: 'connected'; readonly lastSuccess: Date }
  | {
      readonly state: 'disconnected';
      readonly lastSuccess: Date | undefined;
      readonly error: unknown;
      /** Consecutive failures, from 1. */
      readonly failures: number;
    };

export const toLastSuccess = (connection: ConnectionState): Date | undefined =>
  connection.state === 'starting' ? undefined : connection.lastSuccess;

/** Returns the state after one more failure. */
export const toDisconnected = (
  connection: ConnectionState,
  error: unknown,
): ConnectionState & { state: 'disconnected' } => ({
  state: 'disconnected',
  lastSuccess: toLastSuccess(connection),
  error,
  failures: connection.state === 'disconnected' ? connection.failures + 1 : 1,
});

const MIN_PAUSE_MS = 500;
const MAX_PAUSE_MS = 2000;

/** Returns the pause after consecutive failures, in milliseconds. It doubles up to 2 s, short enough to notice a recovery. */
export const toBackoffMs = (failures: number): number =>
  Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS * 2 ** (failures - 1));
