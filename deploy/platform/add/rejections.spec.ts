import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platform } from '../../../platform.config.ts';
import { createSmallTemplate } from '../../../test/support/small-template.ts';
import { git } from '../working-copy.ts';
import { addFeature } from './add-feature.ts';
import { addService } from './add-service.ts';
import { addUpstream } from './add-upstream.ts';
import { Code } from './code.ts';

let directory: string;
let root: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rejections-'));
  root = await createSmallTemplate(join(directory, 'template'));
});
afterAll(() => rm(directory, { recursive: true }));

/** Returns the message of a command. Wrong input is rejected before anything is written. */
async function add(kind: string, ...args: string[]): Promise<string> {
  const code = new Code(root);
  const step = () => undefined;
  const target = { root, scope: platform.scope, platform, code, isRepeated: false, step };
  try {
    if (kind === 'service') await addService(target, args, { checkPort: true });
    else await (kind === 'upstream' ? addUpstream : addFeature)(target, args);
    return 'no error';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('platform add', () => {
  it.each<[string, string[], RegExp | string]>([
    ['no name', ['service'], 'The name is missing. Give one such as reviews.'],
    ['an empty name', ['service', ''], 'The name is missing. Give one such as reviews.'],
    ['two names', ['service', 'film', 'reviews'], 'Give one name, not film reviews.'],
    ['a blank in a name', ['service', 'film reviews'], /^The name "film reviews" must be 2 to 30 lower-case/],
    ['upper case', ['service', 'Reviews'], /^The name "Reviews" must be 2 to 30 lower-case/],
    ['an underscore', ['service', 'film_reviews'], /^The name "film_reviews" must be 2 to 30 lower-case/],
    ['a long name', ['service', 'a'.repeat(31)], /30 characters/],
    ['a reserved name', ['service', 'redis'], 'The name "redis" is reserved.'],
    ['a word of TypeScript', ['service', 'class'], /^The name class is reserved/],
    ['a name that templates use', ['service', 'app'], /^The name app is reserved/],
    ['the name of a service', ['service', 'catalog'], 'The service catalog exists already.'],
    ['the name of a contract', ['service', 'order'], /^The name order is taken/],
    [
      'a name that the contracts export',
      ['service', 'money'],
      'The name money is taken: the contracts export money.',
    ],
    ['a property of the page', ['service', 'degraded'], /^The name degraded is taken: the product page/],
    ['an unknown option', ['service', 'reviews', '--fast'], "Unknown option '--fast'"],
    ['an option without value', ['service', 'reviews', '--port'], /--port/],
    ['a port that is none', ['service', 'reviews', '--port', '80x'], /^--port 80x is no port/],
    ['a low port', ['service', 'reviews', '--port', '1023'], /^--port 1023 is no port/],
    ['a reserved port', ['service', 'reviews', '--port', '3003'], /^Port 3003 belongs to Grafana/],
    [
      'the port of a service',
      ['service', 'reviews', '--port', '3001'],
      /^Port 3001 belongs to the service catalog/,
    ],
    [
      'an unknown called service',
      ['service', 'reviews', '--calls', 'stars'],
      /^--calls: there is no service "stars"/,
    ],
    [
      'an unknown caller',
      ['service', 'reviews', '--called-by', 'web'],
      /^--called-by: there is no service "web"/,
    ],
    [
      'an unknown store',
      ['service', 'reviews', '--stores', 'redis,mongo'],
      '--stores: there is no store "mongo". The stores are database, redis, files.',
    ],
    ['a call of the public service', ['service', 'reviews', '--calls', 'gateway'], /gateway is public/],
    ['both kinds of calls', ['service', 'reviews', '--critical', '--degradable'], /^Give either/],
    ['an upstream without caller', ['upstream', 'catalog'], /^Give the called service and its caller/],
    [
      'an unknown upstream',
      ['upstream', 'stars', '--to', 'catalog'],
      /^upstream: there is no service "stars"/,
    ],
    [
      'the address of a service',
      ['upstream', 'gateway', '--to', 'catalog', '--url', 'http://localhost:3000'],
      'gateway is a service of this platform: leave out --url.',
    ],
    [
      'an address with a path',
      ['upstream', 'payments', '--to', 'catalog', '--url', 'https://payments.example/v1'],
      /^--url https:\/\/payments\.example\/v1 is no address of a server/,
    ],
    [
      'an address that is none',
      ['upstream', 'payments', '--to', 'catalog', '--url', 'payments.example:443'],
      /^--url payments\.example:443 is no address of a server/,
    ],
    [
      'a kind of call for a server outside',
      ['upstream', 'payments', '--to', 'catalog', '--url', 'https://payments.example', '--critical'],
      /^--critical and --degradable are for services/,
    ],
    ['a call that exists', ['upstream', 'catalog', '--to', 'gateway'], 'gateway calls catalog already.'],
    ['a feature without service', ['feature', 'wishes'], /^Give the name of the feature and its service/],
    ['a feature of no service', ['feature', 'wishes', '--to', 'shop'], /^--to: there is no service "shop"/],
  ])('rejects %s', async (_, [kind = '', ...args], message) => {
    expect(await add(kind, ...args)).toMatch(message);
    expect(await git(root, 'status', '--porcelain')).toBe('');
  });

  it('rejects a port that another process uses', async () => {
    const server = createServer();
    await once(server.listen(0), 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await add('service', 'reviews', '--port', String(port))).toBe(
      `Another process uses port ${port} of this machine. Stop it, or choose another port with --port.`,
    );
    server.close();
  });
});
