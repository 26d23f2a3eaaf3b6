import { Controller, Get, Module } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serviceState } from '@film-store/ops';
import { startTelemetry } from '@film-store/telemetry';
import { serviceConfig } from '../src/config.ts';
import { type Service, createService, defineService } from '../src/service.ts';

await startTelemetry({}, 'shop');

@Controller('films')
class FilmsController {
  @Get()
  films() {
    return { degraded: [{ feature: 'films', reason: 'timeout', source: 'none' }] };
  }
}

@Module({ controllers: [FilmsController] })
class ShopModule {}

let service: Service;
let url: string;
beforeAll(async () => {
  const shop = defineService({ name: 'shop', config: serviceConfig({ port: 0 }), module: ShopModule });
  service = await createService(shop, { PORT: '0', LOG_LEVEL: 'silent' });
  url = await service.start();
});
afterAll(() => service.stop());

const countDegradedResponses = async () =>
  (await (await fetch(`${url}/metrics`)).text())
    .split('\n')
    .filter((line) => line.startsWith('degraded_responses'));
const FILMS = 'degraded_responses_total{feature="films",reason="timeout",source="none"}';

it('marks a degraded response with a header, and counts it', async () => {
  const { headers } = await fetch(`${url}/films`);
  expect(headers.get('x-degraded')).toBe('films;reason=timeout;source=none');
  expect(await countDegradedResponses()).toEqual([`${FILMS} 1`]);
});

it('does not count a response to an operator that shows degraded features', async () => {
  await fetch(`${url}/films`);
  const before = await countDegradedResponses();
  const responses = [await fetch(`${url}/ops/state`), await fetch(`${url}/ops/state`)];
  expect(responses.map(({ headers }) => headers.get('x-degraded'))).toEqual([null, null]);
  const features = await Promise.all(
    responses.map(async (response) => serviceState.parse(await response.json()).degraded),
  );
  expect(features[0]).toMatchObject([{ feature: 'films' }]);
  expect(features[1]).toEqual(features[0]);
  expect(await countDegradedResponses()).toEqual(before);
});
