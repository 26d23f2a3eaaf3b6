import { z } from 'zod';

/** Longest duration of a fault, in milliseconds. A fault always ends by itself. */
export const MAX_TTL_MS = 600_000;
export const DEFAULT_TTL_MS = 30_000;
/** Limit of faults that are active in one service at the same time. */
export const MAX_ACTIVE = 32;

/** The fault point of the requests that a service receives. Other points have the name of an upstream. */
export const INBOUND = 'inbound';

const FAILURE_STATUSES = [500, 502, 503, 504] as const;
export type FailureStatus = (typeof FAILURE_STATUSES)[number];

const ms = z.int().min(1).max(60_000);
/** Duration of a fault, in milliseconds. */
export const ttl = z.int().min(1).max(MAX_TTL_MS);
/** The same seed draws the same random numbers. */
export const seed = z.int().min(0).max(0xffff_ffff);

const common = {
  point: z.string().regex(/^[a-z][a-z0-9-]{0,49}$/),
  /** Fraction of the calls that the fault affects. */
  probability: z.number().gt(0).max(1).optional(),
  /** Selects calls. All given members must match. Only HTTP has a method and a path. */
  match: z
    .strictObject({
      method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
      /** Start of the path. */
      path: z.string().startsWith('/').max(200).optional(),
      /** Priority of an endpoint of the upstream, 0 is the highest. */
      priority: z.int().min(0).max(9).optional(),
    })
    .optional(),
  seed: seed.optional(),
  ttlMs: ttl.optional(),
};

export const fault = z.discriminatedUnion('kind', [
  /** Adds `ms` to the latency or, uniformly, `ms - jitterMs` to `ms + jitterMs`. */
  z.strictObject({
    ...common,
    kind: z.literal('delay'),
    ms,
    jitterMs: z.int().min(0).max(60_000).optional(),
  }),
  /** Responds with an error at once. */
  z.strictObject({ ...common, kind: z.literal('status'), status: z.literal(FAILURE_STATUSES) }),
  /** Never responds. */
  z.strictObject({ ...common, kind: z.literal('hang') }),
  /** Closes the connection before the call is executed. */
  z.strictObject({ ...common, kind: z.literal('reset') }),
  /** Starts the response at once, and takes `ms` to end it. */
  z.strictObject({ ...common, kind: z.literal('slow-body'), ms }),
  /** Executes the call, and closes the connection in the middle of the response. */
  z.strictObject({ ...common, kind: z.literal('truncate') }),
  /** Executes the call, and responds with a body that no parser accepts. */
  z.strictObject({ ...common, kind: z.literal('garbage') }),
]);
export type Fault = z.infer<typeof fault>;

/** A call that passes a fault point. */
export interface FaultTarget {
  readonly point: string;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly priority?: number | undefined;
}

export function matches({ point, match }: Fault, passing: FaultTarget): boolean {
  if (point !== passing.point) return false;
  if (!match) return true;
  const { method = passing.method, path = '', priority = passing.priority } = match;
  return method === passing.method && (passing.path ?? '').startsWith(path) && priority === passing.priority;
}
