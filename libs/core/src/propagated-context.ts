import { REQUEST_PRIORITY, REQUEST_TIMEOUT, RETRY_ATTEMPT } from './headers.ts';
import { type Priority, priorities } from './priority.ts';
import { brand } from './shared-identity.ts';

/** Reports an invalid request header. Nest's own exception filter responds with its `statusCode`. */
export class InvalidHeaderError extends Error {
  static {
    brand(this, 'core/InvalidHeaderError');
  }

  override readonly name = 'InvalidHeaderError';
  readonly statusCode = 400;
  readonly expose = true;
}

/** The context that a request carries from one service to the next. */
export interface PropagatedContext {
  /** Remaining time in milliseconds, 0 if it is over. Not a point in time, because clocks of machines differ. */
  readonly timeoutMs: number;
  readonly priority: Priority;
  /** Number of the caller's attempt, from 0. A service that receives it must not retry, or attempts multiply. */
  readonly retryAttempt?: number;
}

/** The settings of a route for its requests. */
export interface RoutePolicy {
  /** Longest time until the response, in milliseconds. */
  readonly budgetMs: number;
  readonly priority: Priority;
  /** Longest age of old data in a response, in milliseconds. @default no old data */
  readonly maxStaleMs?: number;
  /** Returns `true` for the path and query of a request that is `sheddable`, whatever its caller says. @default none is */
  readonly isSheddable?: (url: string) => boolean;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Parses the headers of an untrusted caller, which may only shorten the time. Everything else comes from the route. */
export function parsePublicHeaders(headers: Headers, route: RoutePolicy): PropagatedContext {
  const requestedMs = timeout.parse(headers[timeout.name]) ?? Infinity;
  return { timeoutMs: Math.min(requestedMs, route.budgetMs), priority: route.priority };
}

/**
 * Parses the headers of a trusted caller. The route supplies what is absent, so that no work is unbounded.
 * @throws InvalidHeaderError
 */
export function parseInternalHeaders(headers: Headers, route: RoutePolicy): PropagatedContext {
  const attempt = parseStrictly(headers, retryAttempt);
  return {
    timeoutMs: parseStrictly(headers, timeout) ?? route.budgetMs,
    priority: parseStrictly(headers, priority) ?? route.priority,
    ...(attempt !== undefined && { retryAttempt: attempt }),
  };
}

/** Returns the headers for the next service. Rounds the time down, so that it never exceeds what is left. */
export const toInternalHeaders = (context: PropagatedContext): Record<string, string> => ({
  [timeout.name]: String(Math.max(0, Math.floor(context.timeoutMs))),
  [priority.name]: context.priority,
  ...(context.retryAttempt !== undefined && { [retryAttempt.name]: String(context.retryAttempt) }),
});

/** Returns `undefined` for an absent or malformed value. Node joins repeated headers with a comma, which is malformed. */
type Parse<T> = (value: unknown) => T | undefined;

const parseDigits = (maxDigits: number): Parse<number> => {
  const valid = new RegExp(`^[0-9]{1,${maxDigits}}$`);
  return (value) => (typeof value === 'string' && valid.test(value) ? Number(value) : undefined);
};
/** Nine digits are 11 days, which a timer can hold. */
const timeout = { name: REQUEST_TIMEOUT, form: '1 to 9 digits', parse: parseDigits(9) };
const retryAttempt = { name: RETRY_ATTEMPT, form: '1 to 3 digits', parse: parseDigits(3) };
const priority = {
  name: REQUEST_PRIORITY,
  form: `one of ${priorities.join(', ')}`,
  parse: (value: unknown) => priorities.find((known) => known === value),
};

/** @param field `form` describes a valid value in the error message */
function parseStrictly<T>(
  headers: Headers,
  { name, form, parse }: { name: string; form: string; parse: Parse<T> },
): T | undefined {
  const value = parse(headers[name]);
  if (value === undefined && headers[name] !== undefined)
    throw new InvalidHeaderError(`${name} must be ${form}`);
  return value;
}
