import type { SelfTime } from './profiler.ts';

/** Parts of the CPU time of a page, by the code that runs. A function belongs to the first layer that it matches. */
const rules: readonly (readonly [layer: string, functionName: RegExp, url: RegExp])[] = [
  ['idle', /^\(idle\)$/, /^$/],
  ['garbage collection', /^\(garbage collector\)$/, /^$/],
  ['JSON', /^(parseJson|serialize)$/, /resilience|fastify/],
  ['writes to sockets', /^write(Utf8|Latin1|v|Buffer|String)/, /^$/],
  ['HTTP client', /^/, /\/(undici|axios|follow-redirects|proxy-from-env)\/|^wasm:/],
  ['checks of responses', /^/, /\/zod\//],
  [
    'telemetry and logs',
    /^/,
    /\/(@opentelemetry|pino|sonic-boom|nestjs-pino)\/|libs\/telemetry\/|\/observed-|instruments/,
  ],
  ['policies of calls', /^/, /libs\/(resilience|core|fault-injection)\/|\/(opossum|hdr-histogram-js)\//],
  ['degradation', /^/, /libs\/degradation\/|\/lru-cache\//],
  ['limits of requests', /^/, /libs\/(http-server|load-shedding)\//],
  [
    'framework',
    /^/,
    /\/(fastify|find-my-way|@nestjs|@fastify|express|router|rxjs|content-type|finalhandler)\//,
  ],
  ['Node', /^/, /^(node:.*)?$/],
];

const OTHER_LAYER = 'own code';
export const LAYERS: readonly string[] = [...rules.map(([layer]) => layer), OTHER_LAYER].filter(
  (layer) => layer !== 'idle',
);

const findLayer = ({ functionName, url }: SelfTime): string =>
  rules.find(([, name, file]) => name.test(functionName) && file.test(url))?.[0] ?? OTHER_LAYER;

/** Returns the time of each layer, in microseconds. */
export function sumLayers(times: readonly SelfTime[]): ReadonlyMap<string, number> {
  const sums = new Map(LAYERS.map((layer) => [layer, 0]));
  for (const time of times) {
    const layer = findLayer(time);
    if (sums.has(layer)) sums.set(layer, sums.get(layer)! + time.us);
  }
  return sums;
}
