import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Replica } from './replicas.ts';

const POLL_MS = 100;

/** Status of a response; `error` without one. */
export type Status = number | 'error';

/**
 * Sends like a balancer: in turn to the gateways whose `/health/ready` was 200 at the last poll, at most a tenth of a
 * second ago. It sends no request twice.
 */
export function followReadiness(gateways: readonly Replica[]) {
  const targets = gateways.map(({ url }) => ({ pool: new Pool(url), ready: true }));
  const stop = new AbortController();
  const following = targets.map(async (target) => {
    while (!stop.signal.aborted) {
      target.ready = (await send(target.pool, '/health/ready')).status === 200;
      await sleep(POLL_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  });
  let turn = 0;
  return {
    send(path: string, order?: { readonly key: string; readonly body: string }) {
      const ready = targets.filter((target) => target.ready);
      turn += 1;
      const { pool } = (ready.length > 0 ? ready : targets)[turn % (ready.length || targets.length)]!;
      return send(pool, path, order);
    },
    async stop() {
      stop.abort();
      await Promise.all(following);
      await Promise.all(targets.map(({ pool }) => pool.close()));
    },
  };
}

async function send(pool: Pool, path: string, order?: { readonly key: string; readonly body: string }) {
  try {
    const headers = order && { 'content-type': 'application/json', 'idempotency-key': order.key };
    const {
      statusCode,
      headers: finished,
      body,
    } = await pool.request(
      order ? { method: 'POST', path, headers: headers!, body: order.body } : { method: 'GET', path },
    );
    await body.dump();
    return { status: statusCode as Status, degraded: finished['x-degraded'] !== undefined };
  } catch {
    return { status: 'error' as Status, degraded: false };
  }
}
