import { z } from 'zod';

/** Longest time that a fault lasts, in milliseconds: one that is forgotten ends all the same. */
export const MAX_TTL_MS = 600_000;
export const DEFAULT_TTL_MS = 30_000;
/** The most faults that are active in one service at a time. */
export const MAX_ACTIVE = 32;

/** The point that all requests pass which a service is asked; all others bear the name of what it asks itself. */
export const INBOUND = 'inbound';

/** The statuses that a service of the platform fails with. */
export const failureStatuses = [500, 502, 503, 504] as const;
export type FailureStatus = (typeof failureStatuses)[number];

const ms = z.int().min(1).max(60_000);
/** In milliseconds: how long the fault lasts. */
export const ttl = z.int().min(1).max(MAX_TTL_MS);
/** The same seed draws the same chances. */
export const seed = z.int().min(0).max(0xffff_ffff);

const common = {
  point: z.string().regex(/^[a-z][a-z0-9-]{0,49}$/),
  /** The share of what passes the point that it strikes. */
  probability: z.number().gt(0).max(1).optional(),
  /** What it strikes; all that is named must fit. Nothing but HTTP has a method and a path. */
  match: z
    .strictObject({
      method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
      /** The beginning of the path. */
      path: z.string().startsWith('/').max(200).optional(),
      /** Endpoints of an upstream by the order in which they are preferred, 0 first: a region, where there are several. */
      priority: z.int().min(0).max(9).optional(),
    })
    .optional(),
  seed: seed.optional(),
  ttlMs: ttl.optional(),
};

/** Something that goes wrong on purpose: where, what, how often, and for how long. */
export const fault = z.discriminatedUnion('kind', [
  /** Takes `ms` longer, or anything from `ms - jitterMs` to `ms + jitterMs`, uniformly: `ms` is the mean. */
  z.strictObject({
    ...common,
    kind: z.literal('delay'),
    ms,
    jitterMs: z.int().min(0).max(60_000).optional(),
  }),
  /** Answers with an error at once. */
  z.strictObject({ ...common, kind: z.literal('status'), status: z.literal(failureStatuses) }),
  /** Never answers. */
  z.strictObject({ ...common, kind: z.literal('hang') }),
  /** Loses the connection before anything is done. */
  z.strictObject({ ...common, kind: z.literal('reset') }),
  /** Begins the answer at once, and takes `ms` to end it. */
  z.strictObject({ ...common, kind: z.literal('slow-body'), ms }),
  /** Does what is asked, and loses the connection in the middle of the answer. */
  z.strictObject({ ...common, kind: z.literal('truncate') }),
  /** Does what is asked, and answers what nobody can read. */
  z.strictObject({ ...common, kind: z.literal('garbage') }),
]);
export type Fault = z.infer<typeof fault>;

/** What is about to pass a fault point. */
export interface FaultTarget {
  readonly point: string;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly priority?: number | undefined;
}

/** Whether the fault is there for it. Operations are never struck, or nobody could end the fault. */
export function matches({ point, match }: Fault, passing: FaultTarget): boolean {
  if (point !== passing.point || passing.path?.startsWith('/ops/')) return false;
  if (!match) return true;
  const { method = passing.method, path = '', priority = passing.priority } = match;
  return method === passing.method && (passing.path ?? '').startsWith(path) && priority === passing.priority;
}
