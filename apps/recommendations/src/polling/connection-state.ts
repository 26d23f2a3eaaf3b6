/** How reading something of catalog, again and again, is going. */
export type ConnectionState =
  | { readonly state: 'starting' }
  | { readonly state: 'held'; readonly lastSuccess: Date }
  | {
      readonly state: 'lost';
      readonly lastSuccess: Date | undefined;
      readonly error: unknown;
      /** Failures in a row, from 1. */
      readonly failures: number;
    };

export const toLastSuccess = (contact: ConnectionState): Date | undefined =>
  contact.state === 'starting' ? undefined : contact.lastSuccess;

/** The contact after one more failure. */
export const afterFailure = (
  contact: ConnectionState,
  error: unknown,
): ConnectionState & { state: 'lost' } => ({
  state: 'lost',
  lastSuccess: toLastSuccess(contact),
  error,
  failures: contact.state === 'lost' ? contact.failures + 1 : 1,
});

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 2000;

/** Milliseconds to wait after so many failures in a row: doubling, short enough that a recovery is soon noticed. */
export const backoffMs = (failures: number): number =>
  Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
