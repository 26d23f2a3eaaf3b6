import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type TraceDetail, traceDetail, traceSummary } from '@film-store/telemetry';
import { order } from '@film-store/contracts';
import { platform } from '../../../platform.config.ts';
import { eventually } from '../../support/eventually.ts';
import {
  type CollectedSeries,
  type CollectedSpan,
  startOtlpCollector,
} from '../../support/otlp-collector.ts';
import { createDatabase } from '../../support/postgres.ts';
import { getPage, orderInit, send } from '../client.ts';
import { type LogLine, type Store, startStore } from '../store.ts';
import { MADE_UP, sendFakeHeaders } from './fake-headers.ts';
import {
  type Labels,
  accessLine,
  edges,
  lineOfRequest,
  metrics,
  poolMetrics,
  redisEdges,
  spanAttributes,
  spanEvents,
} from './signals.ts';

const { TEST_DATABASE_URL = '', TEST_REDIS_URL = '' } = process.env;
const FILM = 'the-dark-knight-2008';
const KEY = `a-key-${randomUUID()}`;

let spans: readonly CollectedSpan[];
let series: readonly CollectedSeries[];
let log: readonly LogLine[];
let pageRequestId: string | null;
let traceOfPage: TraceDetail;

/** One store handles a bit of everything and stops: then all its telemetry is here. */
beforeAll(async () => {
  const collector = await startOtlpCollector();
  const store = await startStore({
    DATABASE_URL: TEST_DATABASE_URL && (await createDatabase(TEST_DATABASE_URL, 'e2e')).url,
    // A new database: records of other stores would save this one a call to catalog.
    REDIS_URL: TEST_REDIS_URL && `${TEST_REDIS_URL}/9`,
    ...collector.env,
  });
  ({ spans } = collector);
  ({ log } = store);
  try {
    const page = await getPage(store, FILM);
    pageRequestId = page.headers.get('x-request-id');
    const placing = orderInit({ items: [{ productId: FILM, quantity: 1 }] }, KEY);
    await send(store, '/api/orders', order, placing);
    await send(store, '/api/orders', order, placing);
    // #region part: recommendations
    await hold(store, 'recommendations', 'isolated');
    await getPage(store, FILM);
    await hold(store, 'recommendations', 'auto');
    // #endregion part: recommendations
    for (const port of Object.values(store.ports)) {
      await sendFakeHeaders(`http://localhost:${port}`);
      await fetch(`http://localhost:${port}/health/deep`);
      await fetch(`http://localhost:${port}/metrics`);
    }
    traceOfPage = await firstTraceOfPage(store);
    await store.end('catalog', 'SIGTERM');
    // On a busy machine the first call may be hedged, or may have no time for a second attempt.
    await eventually(async () => {
      await getPage(store, FILM);
      if (!spans.some(isRetry)) throw new Error('there is no retry');
    });
    await hold(store, 'catalog', 'isolated');
    await getPage(store, FILM);
    await until('rejections', () => collector.series().some(({ name }) => name === 'upstream.rejections'));
  } finally {
    await store.close();
    collector.close();
  }
  series = collector.series();
});

const until = (what: string, there: () => boolean): Promise<void> =>
  eventually(() => {
    if (!there()) throw new Error(`there is no ${what}`);
  });

const hold = (store: Store, upstream: string, state: 'isolated' | 'auto') =>
  fetch(`${store.url}/ops/breakers/${upstream}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state }),
  });

/** As the gateway shows it to operators. */
async function firstTraceOfPage({ url }: Store): Promise<TraceDetail> {
  const ops = async (path: string): Promise<unknown> => (await fetch(`${url}/ops/traces${path}`)).json();
  const { traces } = z.object({ traces: z.array(traceSummary) }).parse(await ops(''));
  const first = traces.findLast(({ name }) => name === 'GET /api/products/:id');
  return traceDetail.parse(await ops(`/${first?.traceId}`));
}

const isRetry = ({ attributes }: CollectedSpan): boolean => attributes['upstream.attempt.reason'] === 'retry';
const toEdgeName = ({ service, name }: CollectedSpan): string => `${service}: ${name}`;
/** The gateway, and the services that it calls for a product page. */
const servicesOfPage = new Set(['gateway', ...Object.keys(platform.services.gateway.calls)]);

const isAmong = (values: Labels[string], value: unknown): boolean =>
  values instanceof RegExp ? values.test(String(value)) : values.includes(String(value));

function toEdges(collected: readonly CollectedSpan[]): string[] {
  const byId = new Map(collected.map((span) => [span.spanId, span]));
  const found = collected.flatMap((span) => {
    const parent = byId.get(span.parentSpanId ?? '');
    return parent ? [`${toEdgeName(parent)} > ${toEdgeName(span)}`] : [];
  });
  return [...new Set(found)].toSorted();
}

describe('spans', () => {
  it('join services, database and Redis by these edges, and no others', () => {
    expect(toEdges(spans)).toEqual([...edges, ...(TEST_REDIS_URL ? redisEdges : [])].toSorted());
  });

  // Services poll each other from their start on, and each was probed and scraped.
  it('begin with a request, because no probe, scrape or poll starts a trace', () => {
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    expect(
      roots.filter(({ kind, name }) => kind !== 'server' || /\/(?:health|ops|metrics)\b/.test(name)),
    ).toEqual([]);
    expect(spans.filter(({ name }) => name === 'GET /orders/feed')).toEqual([]);
  });

  it('of a page are one trace', () => {
    const first = spans.find(({ name }) => name === 'GET /api/products/:id');
    const trace = spans.filter(({ traceId }) => traceId === first?.traceId);
    expect(new Set(trace.map(({ service }) => service))).toEqual(servicesOfPage);
    expect(trace.filter(({ parentSpanId }) => parentSpanId === undefined)).toEqual([first]);
  });

  it('of a page are visible to operators too, of all services, as they are exported', () => {
    const sent = spans.filter(({ traceId }) => traceId === traceOfPage.traceId);
    const brief = ({ service, name, spanId }: { service: string; name: string; spanId: string }) =>
      `${service}: ${name} ${spanId}`;
    expect(traceOfPage.missing).toEqual([]);
    expect(new Set(traceOfPage.spans.map(({ service }) => service))).toEqual(servicesOfPage);
    expect(traceOfPage.spans.map(brief).toSorted()).toEqual(sent.map(brief).toSorted());
  });

  it('have the attributes of their kind', () => {
    const others = spans.filter(({ kind, attributes }) => {
      const own = kind === 'server' ? 'server' : 'db.system.name' in attributes ? 'database' : 'attempt';
      const [all, some] = spanAttributes[own];
      const known = new Set<string>([...all, ...some]);
      return (
        !all.every((name) => name in attributes) || !Object.keys(attributes).every((name) => known.has(name))
      );
    });
    expect(others).toEqual([]);
  });

  it('of database and Redis contain no values', () => {
    const reported = spans.filter(({ attributes }) => 'db.system.name' in attributes);
    expect(reported.length).toBeGreaterThan(5);
    expect(JSON.stringify(reported)).not.toMatch(new RegExp(`${FILM}|${KEY}|${MADE_UP}|idem:|select|\\$1`));
  });

  it('have these events, with these attributes', () => {
    // A slow machine causes hedges.
    const events = spans.flatMap((span) => span.events).filter(({ name }) => name !== 'upstream.hedge');
    expect(new Set(events.map(({ name }) => name))).toEqual(
      new Set(['response.degraded', 'breaker.transition', 'upstream.rejected', 'upstream.retry']),
    );
    const others = events.filter(
      ({ name, attributes }) => String(Object.keys(attributes).toSorted()) !== String(spanEvents[name]),
    );
    expect(others).toEqual([]);
  });

  it('describe a second attempt: its number, its reason, and the error of the first', () => {
    const second = spans.find(isRetry);
    expect(second?.attributes).toMatchObject({
      'http.request.resend_count': 1,
      'upstream.attempt.previous_error': 'upstream-unreachable',
      'error.type': 'upstream-unreachable',
    });
  });

  it('of a replayed response link to the trace of the order', () => {
    const [placed, replayed] = spans.filter(({ name }) => name === 'POST /api/orders');
    expect(replayed?.links).toEqual([placed?.traceId]);
    expect(replayed?.traceId).not.toBe(placed?.traceId);
  });
});

describe('log lines', () => {
  const accessLines = () => log.filter(({ event }) => event === 'http.request');

  it('of a request have its id, and those of the span in each service', () => {
    const lines = log.filter(
      ({ event, requestId }) => event === 'http.request' && requestId === pageRequestId,
    );
    const page = spans.find(({ name }) => name === 'GET /api/products/:id');
    expect(lines.map(({ service }) => service).toSorted()).toEqual([...servicesOfPage].toSorted());
    for (const { service, traceId, spanId } of lines) {
      const span = spans.find((each) => each.spanId === spanId);
      expect(span).toMatchObject({ service, kind: 'server', traceId: page?.traceId });
      expect(traceId).toBe(page?.traceId);
    }
  });

  it('of a request have these members, and no others', () => {
    const [all, some] = accessLine;
    const always: readonly string[] = [...lineOfRequest, ...all];
    const known = new Set<string>([...always, ...some]);
    // A request that no handler serves has no span.
    const withoutSpan = always.filter((name) => name !== 'traceId' && name !== 'spanId');
    const others = accessLines().filter((line) => {
      const isRejected = line.spanId === undefined && / 4\d\d$/.test(line.msg ?? '');
      const expected = isRejected ? withoutSpan : always;
      return !expected.every((name) => name in line) || !Object.keys(line).every((name) => known.has(name));
    });
    expect(others).toEqual([]);
  });

  it('of a degraded response contain the degradation, as its span does; others do not', () => {
    const degraded = accessLines().filter((line) => line.degraded);
    expect(degraded.flatMap((line) => line.degraded)).toContain(
      'product;reason=breaker-open;source=last-known-good',
    );
    const reported = spans.flatMap(({ spanId, events }) => {
      const parts = events
        .filter(({ name }) => name === 'response.degraded')
        .map(({ attributes: { feature, reason, source } }) => `${feature};reason=${reason};source=${source}`);
      return parts.length > 0 ? [[spanId, parts]] : [];
    });
    expect(Object.fromEntries(degraded.map((line) => [line.spanId, line.degraded]))).toEqual(
      Object.fromEntries(reported),
    );
  });
});

describe('metrics', () => {
  const table: typeof metrics = { ...metrics, ...(TEST_DATABASE_URL && poolMetrics) };

  it('come from these services', () => {
    const senders = Object.fromEntries(
      Object.keys(table).map((name) => [
        name,
        [...new Set(series.filter((each) => each.name === name).map(({ service }) => service))].toSorted(),
      ]),
    );
    expect(senders).toEqual(Object.fromEntries(Object.entries(table).map(([name, { by }]) => [name, by])));
    expect(new Set(series.map(({ name }) => name))).toEqual(new Set(Object.keys(table)));
  });

  it('have these labels, with only these few values, whatever clients send', () => {
    const others = series.filter(({ name, attributes }) => {
      const { labels = {}, otherLabels = labels } = table[name] ?? {};
      return ![labels, otherLabels].some(
        (listed) =>
          String(Object.keys(attributes).toSorted()) === String(Object.keys(listed).toSorted()) &&
          Object.entries(listed).every(([label, values]) => isAmong(values, attributes[label])),
      );
    });
    expect(others).toEqual([]);
    expect(JSON.stringify(series)).not.toContain(MADE_UP);
    expect(JSON.stringify(spans.map(({ name }) => name))).not.toContain(MADE_UP);
  });
});
