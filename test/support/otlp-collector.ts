import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface CollectedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}

interface OtlpResource {
  readonly attributes: readonly { key: string; value: { stringValue?: string } }[];
}

interface OtlpMetrics {
  readonly resourceMetrics: readonly {
    readonly resource: OtlpResource;
    readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[];
  }[];
}

interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly resource: OtlpResource;
    readonly scopeSpans: readonly { readonly spans: readonly Omit<CollectedSpan, 'service'>[] }[];
  }[];
}

const serviceOf = ({ attributes }: OtlpResource): string =>
  attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';

/** Takes in what services export as OTLP over HTTP, in JSON. */
export async function startOtlpCollector() {
  const spans: CollectedSpan[] = [];
  /** All of it, as it came. */
  const received: string[] = [];
  /** As `service: name`. */
  const metrics = new Set<string>();
  const server = createServer((request, response) => {
    const collect = async (): Promise<void> => {
      const body = await text(request);
      received.push(body);
      const { resourceSpans = [], resourceMetrics = [] } = JSON.parse(body) as Partial<
        OtlpTraces & OtlpMetrics
      >;
      for (const { resource, scopeSpans } of resourceSpans)
        for (const span of scopeSpans.flatMap((scope) => scope.spans))
          spans.push({ ...span, service: serviceOf(resource) });
      for (const { resource, scopeMetrics } of resourceMetrics)
        for (const { name } of scopeMetrics.flatMap((scope) => scope.metrics))
          metrics.add(`${serviceOf(resource)}: ${name}`);
      response.setHeader('content-type', 'application/json').end('{}');
    };
    void collect();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    received,
    spans,
    metrics,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_METRIC_EXPORT_INTERVAL: '500',
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
