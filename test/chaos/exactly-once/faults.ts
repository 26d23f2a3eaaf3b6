import { request } from 'undici';
import type { Link } from '../../../deploy/local/links.ts';
import { respondsToPing } from '../../../deploy/local/redis.ts';
import type { Toxics } from '../../../deploy/local/tcp-proxy.ts';
import type { Step } from '../experiment.ts';
import type { Part } from '../part.ts';
import type { Random } from '../random.ts';
import type { Fault, Target } from './schedule.ts';
import { type TorturedStore, onRedis } from './store.ts';

/** A service takes one to two seconds to start, and must work for a while before the next fault. */
const SERVICE_REST_MS = 4000;
const REST_MS = 1000;
/**
 * A cut passes fewer bytes than this: sometimes the head of an order's response, never a full response to the probe.
 */
const CUT_WITHIN = 350;
/** Path that both services are probed with. The problem in its response is long enough. */
const PROBE = '/there-is-no-such-page';

export interface Torture {
  readonly targets: readonly Target[];
  /** Ends all faults. */
  readonly rollbacks: readonly Step[];
}

/** All faults of this store. `count` receives the kind of each fault that starts. */
export function createTorture(store: TorturedStore, count: (kind: string) => void): Torture {
  const { gateways, catalog, redis, redisPort, links } = store;
  const pausing = redisPause(redisPort, count);
  return {
    targets: [
      ...gateways.map((part) => killable(part, count)),
      killable(catalog, count),
      {
        faults: [() => pausing.next(), () => flush(redisPort, count), () => kill(redis, [200, 1500], count)],
        isWell: () => redis.isUp,
        restMs: REST_MS,
      },
      ...links.map((link) => severable(link, count)),
    ],
    rollbacks: [
      { name: 'all links work', act: () => links.forEach(({ proxy }) => proxy.clear()) },
      { name: 'redis continues', act: pausing.resume },
      ...[redis, catalog, ...gateways].map((part) => ({
        name: `${part.name} runs`,
        act: async () => {
          part.start();
          await part.ready();
        },
      })),
    ],
  };
}

const killable = (part: Part, count: (kind: string) => void): Target => ({
  faults: [() => kill(part, [100, 1000], count)],
  isWell: () => part.isUp,
  restMs: SERVICE_REST_MS,
});

function kill(part: Part, lasts: Fault['lasts'], count: (kind: string) => void): Fault {
  let died = false;
  return {
    begin: {
      name: `${part.name} is killed with -9`,
      act: async () => {
        count(`kills of ${part.name}`);
        died = await part.kill();
      },
      confirm: async () => died,
    },
    end: { name: `${part.name} is started`, act: () => part.start() },
    lasts,
  };
}

function redisPause(port: number, count: (kind: string) => void) {
  let paused: number | undefined;
  const resume = (): void => {
    if (paused !== undefined) process.kill(paused, 'SIGCONT');
    paused = undefined;
  };
  const next = (): Fault => ({
    begin: {
      name: 'redis is paused',
      act: async () => {
        count('pauses of redis');
        paused = await onRedis(port, async (redis) => parsePid(await redis.info('server')));
        process.kill(paused, 'SIGSTOP');
      },
      confirm: async () => !(await respondsToPing(port)),
    },
    end: { name: 'redis continues', act: resume },
    lasts: [300, 2500],
  });
  return { next, resume };
}

function parsePid(info: string): number {
  const [, pid] = /^process_id:(\d+)/m.exec(info) ?? [];
  if (pid === undefined) throw new Error('Redis does not report its process id');
  return Number(pid);
}

/** A key of this test that disappears proves the flush: the gateways write their keys again at once. */
function flush(port: number, count: (kind: string) => void): Fault {
  const MARK = 'chaos:not-flushed';
  return {
    begin: {
      name: 'redis is flushed',
      act: async () => {
        count('flushes of redis');
        await onRedis(port, async (redis) => {
          await redis.set(MARK, '1');
          await redis.flushall();
        });
      },
      confirm: async () => (await onRedis(port, (redis) => redis.exists(MARK))) === 0,
    },
    lasts: [0, 0],
  };
}

function severable({ name, proxy }: Link, count: (kind: string) => void): Target {
  const fault = (what: string, toxics: Toxics, confirm: () => Promise<boolean>): Fault => ({
    begin: {
      name: `${name}: ${what}`,
      act: () => {
        count(`faults of ${name}`);
        proxy.set(toxics);
      },
      confirm,
    },
    end: { name: `${name}: works`, act: () => proxy.clear() },
    lasts: [200, 1500],
  });
  const url = `http://127.0.0.1:${proxy.port}${PROBE}`;
  const silent = async (): Promise<boolean> => !(await respondsInFull(url));
  const cut = (random: Random): Fault => {
    const afterBytes = Math.floor(random.between(0, CUT_WITHIN));
    return fault(`replies cut after ${afterBytes} bytes`, { reply: { kind: 'cut', afterBytes } }, silent);
  };
  const late = (random: Random): Fault => {
    const ms = Math.floor(random.between(200, 900));
    return fault(`replies ${ms} ms late`, { reply: { kind: 'latency', ms } }, async () => {
      const startedAt = performance.now();
      const responded = await respondsInFull(url);
      return !responded || performance.now() - startedAt >= ms - 1;
    });
  };
  const blackHole = { kind: 'black-hole' } as const;
  return {
    faults: [
      cut,
      cut,
      late,
      () => fault('replies replaced by a reset', { reply: { kind: 'reset' } }, silent),
      () => fault('a black hole', { request: blackHole, reply: blackHole }, silent),
      () => fault('a black hole on the reply path', { reply: blackHole }, silent),
    ],
    isWell: () => true,
    restMs: REST_MS,
  };
}

/** Returns whether a GET on a new connection gets a complete response within a second. */
const respondsInFull = (url: string): Promise<boolean> =>
  request(url, { reset: true, signal: AbortSignal.timeout(1000) })
    .then(({ body }) => body.text())
    .then(
      () => true,
      () => false,
    );
