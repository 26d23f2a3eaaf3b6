import { Controller, Get, Module } from '@nestjs/common';
import { propagation, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { serviceConfig } from '../src/config.ts';
import { createService, defineService } from '../src/service.ts';

const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(
  new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
);
propagation.setGlobalPropagator(new W3CTraceContextPropagator());

const begun = Promise.withResolvers<void>();
const held = Promise.withResolvers<void>();

@Controller('films')
class FilmsController {
  @Get()
  async films() {
    begun.resolve();
    await held.promise;
    return {};
  }
}

@Module({ controllers: [FilmsController] })
class FilmsModule {}

const onePlace = { OVERLOAD_STRATEGY: 'fixed', OVERLOAD_LIMIT_INITIAL: '1', OVERLOAD_QUEUE: '0' };
const TRACE = '0af7651916cd43dd8448eb211c80319c';

it('records a shed request in a sampled trace of its caller', async () => {
  const films = defineService({ name: 'films', config: serviceConfig({ port: 0 }), module: FilmsModule });
  const service = await createService(films, { PORT: '0', LOG_LEVEL: 'silent', ...onePlace });
  try {
    const url = `${await service.start()}/films`;
    const first = fetch(url);
    await begun.promise;
    for (const flags of ['00', '01']) {
      const headers = {
        traceparent: `00-${TRACE}-b7ad6b7169203331-${flags}`,
        'x-request-priority': 'sheddable',
      };
      expect((await fetch(url, { headers })).status).toBe(503);
    }
    held.resolve();
    await first;
    expect(exporter.getFinishedSpans().filter(({ events }) => events.length > 0)).toMatchObject([
      {
        name: 'GET /films',
        parentSpanContext: { spanId: 'b7ad6b7169203331' },
        events: [{ name: 'request.shed', attributes: { priority: 'sheddable', reason: 'evicted' } }],
      },
    ]);
  } finally {
    held.resolve();
    await service.stop();
  }
});
