import { once } from 'node:events';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { freePorts } from '../../../deploy/local/ports.ts';
import type { Service } from '../../../deploy/local/readiness.ts';
import { CLOSED_PORTS } from '../../support/closed-ports.ts';
import { serviceEnvironment, startService } from '../../../deploy/local/services.ts';
import { eventually } from '../../support/eventually.ts';

type Behavior = 'hangs' | 'responds with 503' | 'is absent' | 'works';

const QUEUE = 100;
const BATCH = 50;
/** Requested when the receiver works again: its span is behind all waiting ones. */
const MARK = '/api/products/mark';
const span = z.object({
  attributes: z.array(z.object({ key: z.string(), value: z.object({ stringValue: z.string().optional() }) })),
});
const traces = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});
const isMark = ({ attributes }: z.infer<typeof span>): boolean =>
  attributes.some(({ key, value }) => key === 'url.path' && value.stringValue === MARK);

/** Starts a gateway whose telemetry receiver behaves as specified. It has no upstreams, which makes enough spans. */
async function startGateway(behavior: Behavior) {
  let now = behavior;
  let waited = 0;
  let marked = false;
  const take = async (...[request, response]: Parameters<RequestListener>): Promise<void> => {
    const { data } = traces.safeParse(await json(request));
    const spans = (data?.resourceSpans ?? []).flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap((scope) => scope.spans),
    );
    waited += spans.filter((each) => !isMark(each)).length;
    marked ||= spans.some(isMark);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  };
  const receiver = createServer((request, response) => {
    if (now === 'works') void take(request, response);
    else if (now === 'responds with 503') response.writeHead(503).end();
  });
  const listen = async (port: number): Promise<number> => {
    await once(receiver.listen(port, '127.0.0.1'), 'listening');
    return (receiver.address() as AddressInfo).port;
  };
  const [port = 0, free = 0] = await freePorts(2);
  const receiverPort = behavior === 'is absent' ? free : await listen(0);
  const log: { event?: string; signal?: string }[] = [];
  const service: Service = startService({
    name: 'gateway',
    port,
    env: {
      ...serviceEnvironment('gateway', { ...CLOSED_PORTS, gateway: port }, process.env),
      REDIS_URL: '',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${receiverPort}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_TIMEOUT: '300',
      OTEL_METRIC_EXPORT_INTERVAL: '400',
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_BSP_MAX_QUEUE_SIZE: String(QUEUE),
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: String(BATCH),
    },
    onLine: ({ text }) => log.push(JSON.parse(text) as (typeof log)[number]),
  });
  await service.ready();
  return {
    url: `http://127.0.0.1:${port}`,
    waited: () => waited,
    marked: () => marked,
    /** Spans by outcome. */
    spans: async (outcome: string): Promise<number> => {
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return Number(
        new RegExp(`^telemetry_spans_total\\{outcome="${outcome}"\\} (\\d+)`, 'm').exec(metrics)?.[1],
      );
    },
    /** Signals of the lines with an event. */
    reported: (event: string) =>
      log.flatMap((line) => (line.event === event ? (line.signal ?? '') : [])).toSorted(),
    become: async (next: Behavior) => {
      now = next;
      if (next === 'is absent') receiver.close();
      else if (!receiver.listening) await listen(receiverPort);
      receiver.closeAllConnections();
    },
    end: () => {
      service.kill('SIGTERM');
      return service.exited;
    },
    stop: async () => {
      await service.stop();
      receiver.closeAllConnections();
      receiver.close();
    },
  };
}

/** Each request is a span, with some spans inside. */
async function sendRequests(url: string, times: number): Promise<Set<number>> {
  const statuses = new Set<number>();
  for (let i = 0; i < times; i += 20) {
    const responses = await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/api/home`)));
    for (const response of responses) {
      statuses.add(response.status);
      await response.arrayBuffer();
    }
  }
  return statuses;
}

const troubles = ['is absent', 'hangs', 'responds with 503'] as const satisfies Behavior[];
const gateways = new Map<Behavior, Awaited<ReturnType<typeof startGateway>>>();
beforeAll(async () => {
  await Promise.all(troubles.map(async (trouble) => gateways.set(trouble, await startGateway(trouble))));
});
afterAll(async () => {
  await Promise.all([...gateways.values()].map((gateway) => gateway.stop()));
});

describe.each(troubles)('when the telemetry receiver %s', (trouble) => {
  const gateway = () => gateways.get(trouble)!;

  it('every request gets a response, and one line for each signal reports the failed export', async () => {
    expect(await sendRequests(gateway().url, 160)).toEqual(new Set([200]));
    await eventually(() =>
      expect(gateway().reported('telemetry.export_failed')).toEqual(['metrics', 'traces']),
    );
    expect(await sendRequests(gateway().url, 60)).toEqual(new Set([200]));
    expect(gateway().reported('telemetry.export_failed')).toEqual(['metrics', 'traces']);
  });

  it('the queue is bounded: further spans are dropped, and counted', async () => {
    await sendRequests(gateway().url, 240);
    await eventually(async () => expect(await gateway().spans('not-taken')).toBeGreaterThan(0));
    expect(await gateway().spans('taken')).toBe(0);
    await gateway().become('works');
    await eventually(async () => {
      await fetch(gateway().url + MARK);
      expect(gateway().marked()).toBe(true);
    });
    await eventually(async () => {
      await fetch(gateway().url + MARK);
      expect(gateway().reported('telemetry.export_recovered')).toEqual(['metrics', 'traces']);
    });
    await eventually(async () => expect(await gateway().spans('taken')).toBeGreaterThan(0));
    // The queue, and a batch in flight.
    expect(gateway().waited()).toBeLessThanOrEqual(QUEUE + BATCH);
  });

  it('the shutdown is not delayed', async () => {
    await gateway().become(trouble);
    await sendRequests(gateway().url, 100);
    expect(await gateway().end()).toEqual({ code: 0, signal: null });
    expect(gateway().reported('telemetry.flush_timed_out')).toEqual([]);
  });
});
