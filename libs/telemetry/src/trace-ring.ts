import {
  type Attributes,
  type Context,
  type HrTime,
  type Span as ApiSpan,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { TraceSpan, TraceSummary } from './trace.ts';
import { isRequest } from './ring-sampler.ts';

export interface TraceRingLimits {
  readonly traces: number;
  /** Of the spans as JSON, in characters, which is about what they take. */
  readonly bytes: number;
}

export const TRACE_RING_LIMITS: TraceRingLimits = { traces: 200, bytes: 2 * 1024 * 1024 };

interface Kept {
  readonly spans: TraceSpan[];
  bytes: number;
}

/**
 * Keeps the finished spans of the latest requests in memory, each request's and those within; the oldest trace makes
 * room for new ones.
 */
export class TraceRing implements SpanProcessor {
  readonly #service: string;
  readonly #limits: TraceRingLimits;
  /** In the order of their first finished span. */
  readonly #traces = new Map<string, Kept>();
  #bytes = 0;
  /** That are to be kept when they are finished. */
  readonly #awaited = new WeakSet<ApiSpan>();

  constructor(service: string, limits: TraceRingLimits = TRACE_RING_LIMITS) {
    this.#service = service;
    this.#limits = limits;
  }

  onStart(span: Span, within: Context): void {
    const parent = trace.getSpan(within);
    if (isRequest(span.kind, span.attributes) || (parent && this.#awaited.has(parent)))
      this.#awaited.add(span);
  }

  onEnd(span: ReadableSpan): void {
    if (!this.#awaited.has(span as Span)) return;
    const { traceId } = span.spanContext();
    const told = toTraceSpan(this.#service, span);
    const bytes = JSON.stringify(told).length;
    const kept = this.#traces.get(traceId) ?? { spans: [], bytes: 0 };
    this.#traces.set(traceId, kept);
    kept.spans.push(told);
    kept.bytes += bytes;
    this.#bytes += bytes;
    while (this.#traces.size > this.#limits.traces || this.#bytes > this.#limits.bytes) this.#dropOldest();
  }

  spansOf(traceId: string): readonly TraceSpan[] {
    return this.#traces.get(traceId)?.spans ?? [];
  }

  /** Newest first. */
  recent(): TraceSummary[] {
    return [...this.#traces].toReversed().map(([traceId, { spans }]) => summaryOf(traceId, spans));
  }

  forceFlush = async (): Promise<void> => undefined;
  shutdown = async (): Promise<void> => undefined;

  #dropOldest(): void {
    for (const [traceId, { bytes }] of this.#traces) {
      this.#traces.delete(traceId);
      this.#bytes -= bytes;
      return;
    }
  }
}

/** By the span that nothing here is the parent of. */
function summaryOf(traceId: string, spans: readonly TraceSpan[]): TraceSummary {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const top = spans.find(({ parentSpanId }) => !ids.has(parentSpanId ?? '')) ?? spans[0];
  const { name, startedAt, durationMs, failed } = top as TraceSpan;
  return { traceId, name, startedAt, durationMs, failed, spans: spans.length };
}

function toTraceSpan(service: string, span: ReadableSpan): TraceSpan {
  const parentSpanId = span.parentSpanContext?.spanId;
  return {
    service,
    spanId: span.spanContext().spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name: span.name,
    kind: kindOf(span.kind),
    startedAt: new Date(hrTimeToMilliseconds(span.startTime)).toISOString(),
    durationMs: toMs(span.duration),
    failed: span.status.code === SpanStatusCode.ERROR,
    attributes: plain(span.attributes),
    ...(span.links.length > 0 && {
      links: span.links.map(({ context: { traceId, spanId } }) => ({ traceId, spanId })),
    }),
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      afterMs: Math.max(0, rounded(hrTimeToMilliseconds(time) - hrTimeToMilliseconds(span.startTime))),
      attributes: plain(attributes ?? {}),
    })),
  };
}

const kindOf = (kind: SpanKind): TraceSpan['kind'] => {
  switch (kind) {
    case SpanKind.SERVER:
      return 'server';
    case SpanKind.CLIENT:
      return 'client';
    default:
      return 'internal';
  }
};

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;
const toMs = (time: HrTime): number => rounded(hrTimeToMilliseconds(time));

const plain = (attributes: Attributes): TraceSpan['attributes'] =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === 'number' || typeof value === 'boolean' ? value : String(value),
    ]),
  );
