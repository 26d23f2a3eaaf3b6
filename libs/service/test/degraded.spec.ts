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

const degradedAnswers = async () =>
  (await (await fetch(`${url}/metrics`)).text())
    .split('\n')
    .filter((line) => line.startsWith('degraded_responses'));
const FILMS = 'degraded_responses_total{feature="films",reason="timeout",source="none"}';

it('an answer that is degraded says so in a header, and is counted', async () => {
  const { headers } = await fetch(`${url}/films`);
  expect(headers.get('x-degraded')).toBe('films;reason=timeout;source=none');
  expect(await degradedAnswers()).toEqual([`${FILMS} 1`]);
});

it('to look at what was degraded is no degraded answer', async () => {
  await fetch(`${url}/films`);
  const counted = await degradedAnswers();
  const looks = [await fetch(`${url}/ops/state`), await fetch(`${url}/ops/state`)];
  expect(looks.map(({ headers }) => headers.get('x-degraded'))).toEqual([null, null]);
  const told = await Promise.all(looks.map(async (look) => serviceState.parse(await look.json()).degraded));
  expect(told[0]).toMatchObject([{ feature: 'films' }]);
  expect(told[1]).toEqual(told[0]);
  expect(await degradedAnswers()).toEqual(counted);
});
