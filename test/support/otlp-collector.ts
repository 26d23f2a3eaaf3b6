import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type CollectedAttributes = Readonly<Record<string, string | number | boolean>>;

export interface CollectedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  readonly attributes: CollectedAttributes;
  readonly events: readonly { readonly name: string; readonly attributes: CollectedAttributes }[];
  /** The traces that it links to. */
  readonly links: readonly string[];
}

/** One series of a metric. */
export interface CollectedSeries {
  readonly service: string;
  readonly name: string;
  readonly attributes: CollectedAttributes;
}

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}
interface WithAttributes {
  readonly attributes?: readonly { readonly key: string; readonly value: OtlpValue }[];
}
interface OtlpSpan extends WithAttributes {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly events?: readonly (WithAttributes & { readonly name: string })[];
  readonly links?: readonly { readonly traceId: string }[];
}
type Points = { readonly dataPoints: readonly WithAttributes[] };
interface OtlpMetric {
  readonly name: string;
  readonly sum?: Points;
  readonly gauge?: Points;
  readonly histogram?: Points;
}
interface OtlpRequest {
  readonly resourceSpans?: readonly {
    readonly resource: WithAttributes;
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly resource: WithAttributes;
    readonly scopeMetrics: readonly { readonly metrics: readonly OtlpMetric[] }[];
  }[];
}

const toAttributes = ({ attributes = [] }: WithAttributes): CollectedAttributes =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? Number(value.intValue ?? value.doubleValue),
    ]),
  );
const toServiceName = (resource: WithAttributes): string => String(toAttributes(resource)['service.name']);
const toKind = (kind: number): CollectedSpan['kind'] =>
  kind === 2 ? 'server' : kind === 3 ? 'client' : 'internal';

const toSpan = (service: string, span: OtlpSpan): CollectedSpan => ({
  service,
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId || undefined,
  name: span.name,
  kind: toKind(span.kind),
  attributes: toAttributes(span),
  events: (span.events ?? []).map((event) => ({ name: event.name, attributes: toAttributes(event) })),
  links: (span.links ?? []).map(({ traceId }) => traceId),
});

/** Receives exports of the services as OTLP over HTTP, in JSON. */
export async function startOtlpCollector() {
  const spans: CollectedSpan[] = [];
  /** All requests, as received. */
  const received: string[] = [];
  const series = new Map<string, CollectedSeries>();
  const server = createServer((request, response) => {
    const collect = async (): Promise<void> => {
      const body = await text(request);
      received.push(body);
      const { resourceSpans = [], resourceMetrics = [] } = JSON.parse(body) as OtlpRequest;
      for (const { resource, scopeSpans } of resourceSpans)
        for (const span of scopeSpans.flatMap((scope) => scope.spans))
          spans.push(toSpan(toServiceName(resource), span));
      for (const { resource, scopeMetrics } of resourceMetrics)
        for (const { name, sum, gauge, histogram } of scopeMetrics.flatMap((scope) => scope.metrics))
          for (const point of (sum ?? gauge ?? histogram)?.dataPoints ?? []) {
            const one = { service: toServiceName(resource), name, attributes: toAttributes(point) };
            series.set(JSON.stringify(one), one);
          }
      response.setHeader('content-type', 'application/json').end('{}');
    };
    void collect();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    received: received as readonly string[],
    spans: spans as readonly CollectedSpan[],
    /** All series so far, each once. */
    series: (): readonly CollectedSeries[] => [...series.values()],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      OTEL_BSP_SCHEDULE_DELAY: '200',
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
