import { Pool } from 'undici';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Service, createService } from '@film-store/service';
import { gateway } from '../src/gateway.ts';
import { FrameRecorder } from './frame-recorder.ts';
import { type CalledServices, startCalledServices } from './called-services.ts';

const CONTROLLER = 'page (apps/gateway/src/products/products.controller.ts)';

let called: CalledServices;
let service: Service;
let url: string;

beforeAll(async () => {
  called = await startCalledServices();
  service = await createService(gateway, {
    PORT: '0',
    LOG_LEVEL: 'silent',
    IDEMPOTENCY_SECRET: 'a secret of thirty-two characters',
    ...called.env,
  });
  url = await service.start();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await service.stop();
  called.close();
});

/** The limit for a product page is 21 frames. The hooks around a handler add up to two. */
const MAX_FRAMES = 19;

it('reaches the socket of each upstream in at most 19 frames of the project', async () => {
  const recorder = new FrameRecorder();
  const dispatch: Pool['dispatch'] = Reflect.get(Pool.prototype, 'dispatch');
  vi.spyOn(Pool.prototype, 'dispatch').mockImplementation(function (this: Pool, ...call) {
    recorder.capture();
    return dispatch.apply(this, call);
  });
  recorder.start();
  expect((await fetch(`${url}/api/products/alien`)).status).toBe(200);
  const stacks = recorder.stop().filter((stack) => stack.length > 0);
  expect(stacks).toHaveLength(Object.keys(called.upstreams).length);
  for (const stack of stacks) {
    const fromController = stack.slice(0, stack.indexOf(CONTROLLER) + 1);
    expect(fromController.length).toBeGreaterThan(0);
    expect(fromController.length).toBeLessThanOrEqual(MAX_FRAMES);
  }
});
