import { type Attributes, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { TraceSpan, TraceSummary } from './trace.ts';

/** `bytes` counts the characters of all spans as JSON, which is about the memory that they use. */
export const TRACE_RING_LIMITS = { traces: 200, bytes: 2 * 1024 * 1024 };
export type TraceRingLimits = typeof TRACE_RING_LIMITS;

/** Keeps the finished spans of the latest requests in memory. A new trace evicts the oldest ones. */
export class TraceRing implements SpanProcessor {
  readonly #service: string;
  readonly #limits: TraceRingLimits;
  /** In the order of their first finished span. */
  readonly #traces = new Map<string, { readonly spans: TraceSpan[]; bytes: number }>();
  #bytes = 0;

  constructor(service: string, limits = TRACE_RING_LIMITS) {
    this.#service = service;
    this.#limits = limits;
  }

  onEnd(span: ReadableSpan): void {
    const { traceId } = span.spanContext();
    const entry = this.#traces.get(traceId) ?? { spans: [], bytes: 0 };
    this.#traces.set(traceId, entry);
    const finished = toTraceSpan(this.#service, span);
    const bytes = JSON.stringify(finished).length;
    entry.spans.push(finished);
    entry.bytes += bytes;
    this.#bytes += bytes;
    for (const [oldest, { bytes }] of this.#traces) {
      if (this.#traces.size <= this.#limits.traces && this.#bytes <= this.#limits.bytes) return;
      this.#traces.delete(oldest);
      this.#bytes -= bytes;
    }
  }

  findSpans(traceId: string): readonly TraceSpan[] {
    return this.#traces.get(traceId)?.spans ?? [];
  }

  recent(): TraceSummary[] {
    return [...this.#traces].toReversed().map(([traceId, { spans }]) => summarize(traceId, spans));
  }

  onStart = (): void => undefined;
  forceFlush = async (): Promise<void> => undefined;
  shutdown = async (): Promise<void> => undefined;
}

function summarize(traceId: string, spans: readonly TraceSpan[]): TraceSummary {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const top = spans.find(({ parentSpanId }) => !ids.has(parentSpanId ?? '')) ?? spans[0];
  const { name, startedAt, durationMs, failed } = top as TraceSpan;
  return { traceId, name, startedAt, durationMs, failed, spans: spans.length };
}

function toTraceSpan(service: string, span: ReadableSpan): TraceSpan {
  const parentSpanId = span.parentSpanContext?.spanId;
  const startedAt = hrTimeToMilliseconds(span.startTime);
  return {
    service,
    spanId: span.spanContext().spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name: span.name,
    kind: span.kind === SpanKind.SERVER ? 'server' : span.kind === SpanKind.CLIENT ? 'client' : 'internal',
    startedAt: new Date(startedAt).toISOString(),
    durationMs: round(hrTimeToMilliseconds(span.duration)),
    failed: span.status.code === SpanStatusCode.ERROR,
    attributes: toPlain(span.attributes),
    ...(span.links.length > 0 && {
      links: span.links.map(({ context: { traceId, spanId } }) => ({ traceId, spanId })),
    }),
    events: span.events.map(({ name, time, attributes = {} }) => ({
      name,
      afterMs: Math.max(0, round(hrTimeToMilliseconds(time) - startedAt)),
      attributes: toPlain(attributes),
    })),
  };
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000;

const toPlain = (attributes: Attributes): TraceSpan['attributes'] =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === 'number' || typeof value === 'boolean' ? value : String(value),
    ]),
  );
