/** State of the connection to what is polled. */
export type ConnectionState =
  | { readonly state: 'starting' }
  | { readonly state: 'connected'; readonly lastSuccess: Date }
  | {
      readonly state: 'disconnected';
      readonly lastSuccess: Date | undefined;
      readonly error: unknown;
      /** Failures in a row, from 1. */
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

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 2000;

/** Returns the pause after so many failures in a row, in milliseconds: it doubles, and stays short to notice a recovery. */
export const toBackoffMs = (failures: number): number =>
  Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
