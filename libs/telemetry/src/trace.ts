import { z } from 'zod';

export const traceId = z.string().regex(/^[0-9a-f]{32}$/);

const attributes = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

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
  /** Related spans of other traces: of an untrusted caller, or of the request whose response is replayed. */
  links: z.array(z.object({ traceId, spanId: z.string() })).optional(),
  events: z.array(z.object({ name: z.string(), afterMs: z.number(), attributes })),
});
export type TraceSpan = z.infer<typeof traceSpan>;

/** The spans of a trace, which `/ops/traces/{traceId}` returns. `missing` names the services that did not respond. */
export const traceDetail = z.object({ traceId, spans: z.array(traceSpan), missing: z.array(z.string()) });
export type TraceDetail = z.infer<typeof traceDetail>;

/** A recent trace with the properties of its first span in this process. */
export const traceSummary = z.object({
  ...traceSpan.pick({ name: true, startedAt: true, durationMs: true, failed: true }).shape,
  traceId,
  spans: z.number(),
});
export type TraceSummary = z.infer<typeof traceSummary>;
