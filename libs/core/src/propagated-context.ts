import { REQUEST_PRIORITY, REQUEST_TIMEOUT, RETRY_ATTEMPT } from './headers.ts';
import { InvalidHeaderError } from './invalid-header-error.ts';
import { type Priority, priorities } from './priority.ts';

/** What a request says about itself from one service to the next. */
export interface PropagatedContext {
  /** What it may take, in milliseconds. A duration, for clocks differ between machines; 0: too late already. */
  readonly timeoutMs: number;
  readonly priority: Priority;
  /**
   * Which attempt of the caller's this is, from 0. Absent where no caller says that it retries; where one does,
   * nobody further down may, or attempts multiply.
   */
  readonly retryAttempt?: number;
}

/** What a route gives its requests. */
export interface RoutePolicy {
  /** Longest time until the answer, in milliseconds. */
  readonly budgetMs: number;
  readonly priority: Priority;
  /** How old the data may be that it answers with, in milliseconds. Absent: it serves none that is old. */
  readonly maxStaleMs?: number;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** At the edge the route decides. A client may ask for less time; whatever else it says, or says badly, is ignored. */
export function parsePublicHeaders(headers: Headers, route: RoutePolicy): PropagatedContext {
  const asked = timeout.read(headers[timeout.name]) ?? Infinity;
  return { timeoutMs: Math.min(asked, route.budgetMs), priority: route.priority };
}

/**
 * Inside, the caller decides, whose edge has bounded the time; the route only where the caller says nothing, so that
 * no work is unbounded.
 * @throws InvalidHeaderError
 */
export function parseInternalHeaders(headers: Headers, route: RoutePolicy): PropagatedContext {
  const attempt = readStrictly(headers, retryAttempt);
  return {
    timeoutMs: readStrictly(headers, timeout) ?? route.budgetMs,
    priority: readStrictly(headers, priority) ?? route.priority,
    ...(attempt !== undefined && { retryAttempt: attempt }),
  };
}

/**
 * The headers that tell the next service. `timeoutMs` is what this one attempt may take; parts of a millisecond are
 * dropped, so that the next service never believes it has more than there is.
 */
export const toInternalHeaders = (hop: PropagatedContext): Record<string, string> => ({
  [timeout.name]: String(Math.max(0, Math.floor(hop.timeoutMs))),
  [priority.name]: hop.priority,
  ...(hop.retryAttempt !== undefined && { [retryAttempt.name]: String(hop.retryAttempt) }),
});

interface Field<T> {
  readonly name: string;
  /** What it must look like, for people. */
  readonly form: string;
  /** `undefined` for what is absent or malformed. Node joins what was sent twice with a comma: malformed. */
  readonly read: (value: unknown) => T | undefined;
}

const digits = (atMost: number) => {
  const valid = new RegExp(`^[0-9]{1,${atMost}}$`);
  return (value: unknown): number | undefined =>
    typeof value === 'string' && valid.test(value) ? Number(value) : undefined;
};
/** Nine digits, 11 days, still fit a timer. */
const timeout: Field<number> = { name: REQUEST_TIMEOUT, form: '1 to 9 digits', read: digits(9) };
const retryAttempt: Field<number> = { name: RETRY_ATTEMPT, form: '1 to 3 digits', read: digits(3) };
const priority: Field<Priority> = {
  name: REQUEST_PRIORITY,
  form: `one of ${priorities.join(', ')}`,
  read: (value) => priorities.find((known) => known === value),
};

function readStrictly<T>(headers: Headers, { name, form, read }: Field<T>): T | undefined {
  const value = read(headers[name]);
  if (value === undefined && headers[name] !== undefined)
    throw new InvalidHeaderError(`${name} must be ${form}`);
  return value;
}
