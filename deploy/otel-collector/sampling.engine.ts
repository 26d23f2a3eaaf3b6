import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { describeWithEngine } from '../../test/engines/engine.ts';
import { eventually } from '../../test/support/eventually.ts';
import { startOtlpCollector } from '../../test/support/otlp-collector.ts';
import { freePorts } from '../local/ports.ts';
import { startProgram } from '../local/program.ts';
import { type Service, withReadiness } from '../local/readiness.ts';

const CONFIG = 'deploy/otel-collector/config.yaml';
const DECISION_WAIT_MS = 1000;
/** Kinds of spans in OTLP. */
const KINDS = { server: 2, client: 3 } as const;

interface Span {
  readonly kind: keyof typeof KINDS;
  readonly status: number;
  readonly failed?: boolean;
  readonly event?: string;
  readonly ms?: number;
}
interface Policy {
  readonly name: string;
  readonly probabilistic?: { sampling_percentage: number };
}
interface Config {
  readonly receivers: { otlp: { protocols: object } };
  readonly processors: { tail_sampling: { decision_wait: string; policies: Policy[] } };
  readonly exporters: Record<string, object>;
  readonly service: { pipelines: { traces: { exporters: string[] } }; telemetry?: object };
}

const ok: Span = { kind: 'server', status: 200 };
const notFound: readonly Span[] = [
  { kind: 'server', status: 404 },
  { kind: 'client', status: 404, failed: true },
  { kind: 'server', status: 404 },
];

describeWithEngine('the collector', ['otelcol-contrib', 'otelcol'], (program) => {
  let directory: string;
  let collector: Service;
  let url: string;
  let jaeger: Awaited<ReturnType<typeof startOtlpCollector>>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'collector-'));
    jaeger = await startOtlpCollector();
    const [port = 0] = await freePorts(1);
    url = `http://127.0.0.1:${port}/v1/traces`;
    const file = join(directory, 'config.yaml');
    await writeFile(file, stringify(adapt(parse(await readFile(CONFIG, 'utf8')) as Config, port)));
    collector = withReadiness({
      name: program,
      process: startProgram({ command: program, args: ['--config', file], cwd: directory, env: process.env }),
      probe: async () => (await send([]).catch(() => undefined))?.ok === true,
    });
    await collector.ready();
  });
  afterAll(async () => {
    await collector.stop();
    jaeger.close();
    await rm(directory, { recursive: true });
  });

  /** Changes ports, the exporter, the wait, and the fraction of the rest, which is not kept. The rules stay. */
  function adapt(config: Config, port: number): Config {
    config.receivers.otlp.protocols = { http: { endpoint: `127.0.0.1:${port}` } };
    config.processors.tail_sampling.decision_wait = `${DECISION_WAIT_MS}ms`;
    for (const { probabilistic } of config.processors.tail_sampling.policies)
      if (probabilistic) probabilistic.sampling_percentage = 0;
    const endpoint = jaeger.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    config.exporters['otlp_http/test'] = { endpoint, encoding: 'json', compression: 'none' };
    config.service.pipelines.traces.exporters = ['otlp_http/test'];
    config.service.telemetry = { metrics: { level: 'none' } };
    return config;
  }

  const send = (spans: readonly object[]): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: {}, spans }] }],
      }),
    });

  /** Sends the spans as one trace, one after the other from the first one. Returns the id of the trace. */
  async function sendTrace(spans: readonly Span[]): Promise<string> {
    const traceId = randomBytes(16).toString('hex');
    const root = randomBytes(8).toString('hex');
    const start = BigInt(Date.now()) * 1_000_000n;
    const encoded = spans.map(({ kind, status, failed = false, event, ms = 20 }, index) => ({
      traceId,
      spanId: index === 0 ? root : randomBytes(8).toString('hex'),
      ...(index > 0 && { parentSpanId: root }),
      name: 'GET',
      kind: KINDS[kind],
      startTimeUnixNano: String(start),
      endTimeUnixNano: String(start + BigInt(ms) * 1_000_000n),
      attributes: [{ key: 'http.response.status_code', value: { intValue: String(status) } }],
      status: failed ? { code: 2 } : {},
      events: event === undefined ? [] : [{ timeUnixNano: String(start), name: event, attributes: [] }],
    }));
    expect((await send(encoded)).status).toBe(200);
    return traceId;
  }

  const isKept = (traceId: string): boolean => jaeger.spans.some((span) => span.traceId === traceId);

  it.each<[string, readonly Span[]]>([
    ['a failed request', [{ kind: 'server', status: 500, failed: true }]],
    [
      'a request that recovered from a failed attempt',
      [ok, { kind: 'client', status: 503, failed: true }, { kind: 'client', status: 200 }],
    ],
    ['a request whose attempt timed out', [ok, { kind: 'client', status: 0, failed: true }]],
    ['an attempt with an unexpected 4xx', [ok, { kind: 'client', status: 429, failed: true }]],
    ['a 404 with a failed attempt before it', [...notFound, { kind: 'client', status: 502, failed: true }]],
    ['a degraded response', [{ ...ok, event: 'response.degraded' }]],
    ['a slow response', [{ ...ok, ms: 600 }]],
  ])('keeps %s', async (_, spans) => {
    const traceId = await sendTrace(spans);
    await eventually(() => expect(isKept(traceId)).toBe(true));
    expect(jaeger.spans.filter((span) => span.traceId === traceId)).toHaveLength(spans.length);
  });

  it.each<[string, readonly Span[]]>([
    ['a page', [ok, { kind: 'client', status: 200 }, ok]],
    ['an unknown film', notFound],
    [
      'an order without stock',
      [
        { kind: 'server', status: 409 },
        { kind: 'client', status: 409, failed: true },
      ],
    ],
  ])('does not keep %s', async (_, spans) => {
    const traceId = await sendTrace(spans);
    // Traces are decided in the order of their first span.
    const later = await sendTrace([{ kind: 'server', status: 500, failed: true }]);
    await eventually(() => expect(isKept(later)).toBe(true));
    expect(isKept(traceId)).toBe(false);
  });

  it('exports undecided traces when it stops', async () => {
    const traceIds = await Promise.all(
      Array.from({ length: 40 }, () => sendTrace([{ kind: 'server', status: 500, failed: true }])),
    );
    await collector.stop();
    expect(traceIds.filter(isKept)).toHaveLength(traceIds.length);
  });
});
