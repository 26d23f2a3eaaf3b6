import { expect, it } from 'vitest';
import { sumLayers } from './cpu-layers.ts';

const at = (functionName: string, url: string) => ({ functionName, url, us: 1 });

it.each([
  ['garbage collection', at('(garbage collector)', '')],
  ['writes to sockets', at('writeUtf8String', '')],
  ['JSON', at('serialize', 'file:///store/node_modules/fastify/lib/reply.js')],
  ['framework', at('next', 'file:///store/node_modules/fastify/lib/hooks.js')],
  ['HTTP client', at('search', 'file:///store/node_modules/undici/lib/core/tree.js')],
  ['HTTP client', at('js-to-wasm:iii:i', 'wasm://wasm/00034eea')],
  ['policies of calls', at('share', 'file:///store/libs/resilience/dist/core/request-collapser.js')],
  ['limits of requests', at('acquire', 'file:///store/libs/load-shedding/dist/load-shedder.js')],
  [
    'telemetry and logs',
    at('get', 'file:///store/node_modules/@opentelemetry/sdk-metrics/dist/state/HashMap.mjs'),
  ],
  ['Node', at('nextTick', 'node:internal/process/task_queues')],
  ['Node', at('(program)', '')],
  ['own code', at('page', 'file:///store/dist/apps/gateway/src/products/products.service.js')],
])('the time of %s contains %o', (layer, time) => {
  expect([...sumLayers([time])].filter(([, us]) => us > 0)).toEqual([[layer, 1]]);
});

it('leaves out the time without work', () => {
  expect([...sumLayers([at('(idle)', '')]).values()].every((us) => us === 0)).toBe(true);
});
