import { z } from 'zod';

/** A W3C trace id. */
export const traceId = z.string().regex(/^[0-9a-f]{32}$/);

const attributes = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** One finished span as `/ops/traces/{traceId}` tells it. */
export const traceSpan = z.object({
  service: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.enum(['internal', 'server', 'client']),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  failed: z.boolean(),
  attributes,
  /** Spans of other traces it has to do with: a stranger's whom it serves, or whose answer it replays. */
  links: z.array(z.object({ traceId, spanId: z.string() })).optional(),
  events: z.array(z.object({ name: z.string(), afterMs: z.number(), attributes })),
});
export type TraceSpan = z.infer<typeof traceSpan>;

/** A trace as far as it is still known; `missing` names the services that could not be asked. */
export const traceDetail = z.object({
  traceId,
  spans: z.array(traceSpan),
  missing: z.array(z.string()),
});
export type TraceDetail = z.infer<typeof traceDetail>;

/** One trace in the list of recent ones, by its first span here. */
export const traceSummary = z.object({
  traceId,
  name: z.string(),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  failed: z.boolean(),
  spans: z.number(),
});
export type TraceSummary = z.infer<typeof traceSummary>;
