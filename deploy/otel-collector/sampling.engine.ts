import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithEngine } from '../../test/engines/engine.ts';
import { KINDS, sendSpans } from '../../test/engines/spans.ts';
import { eventually } from '../../test/support/eventually.ts';
import { type Collector, startCollector } from '../../test/engines/collector.ts';

const DECISION_WAIT_MS = 1000;

interface Span {
  readonly kind: keyof typeof KINDS;
  readonly status: number;
  readonly failed?: boolean;
  readonly event?: string;
  readonly ms?: number;
}

const ok: Span = { kind: 'server', status: 200 };
const notFound: readonly Span[] = [
  { kind: 'server', status: 404 },
  { kind: 'client', status: 404, failed: true },
  { kind: 'server', status: 404 },
];

describeWithEngine('the collector', ['otelcol-contrib', 'otelcol'], (program) => {
  let collector: Collector;

  beforeAll(async () => {
    // Decides earlier, and keeps no fraction of the rest. The rules stay.
    collector = await startCollector(program, ({ processors: { tail_sampling: sampling } }) => {
      sampling.decision_wait = `${DECISION_WAIT_MS}ms`;
      for (const { probabilistic } of sampling.policies)
        if (probabilistic) probabilistic.sampling_percentage = 0;
    });
    await collector.ready();
  });
  afterAll(() => collector.stop());

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
    expect((await sendSpans(collector.url, encoded)).status).toBe(200);
    return traceId;
  }

  const isKept = (traceId: string): boolean =>
    collector.jaeger.spans.some((span) => span.traceId === traceId);

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
    expect(collector.jaeger.spans.filter((span) => span.traceId === traceId)).toHaveLength(spans.length);
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
