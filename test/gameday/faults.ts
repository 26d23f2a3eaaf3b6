import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { ChaosStore } from '../chaos/store/start-store.ts';
import { findPart } from '../chaos/store/start-store.ts';

/** A fault that needs no fault injection of the services. */
export interface HiddenFault {
  /** Starts it. It has no end of its own. */
  readonly begin: (store: ChaosStore) => Promise<unknown>;
  /** Absent if the mitigation itself ends it, such as the restart of a paused process. */
  readonly end?: (store: ChaosStore) => Promise<void> | void;
}

/** Longer than any game day, in milliseconds. */
export const WHOLE_GAME_MS = 7_200_000;

/** Stops a process with SIGSTOP. Its connections stay open. A restart ends it. */
export const hung = (part: string): HiddenFault => ({
  begin: (store) => store.local.pause(findPart(store, part).supervisor, WHOLE_GAME_MS),
});

const PAUSED_MS = 700;
const RUNNING_MS = 200;

/** Lets a process run for two ninths of the time only, as on a machine without free CPU. A restart ends it. */
export const starved = (part: string): HiddenFault => ({
  begin: async (store) => {
    const { supervisor } = findPart(store, part);
    const { pid } = supervisor;
    const alternate = async (): Promise<void> => {
      while (supervisor.pid === pid && supervisor.state.kind === 'up') {
        supervisor.kill('SIGSTOP');
        await sleep(PAUSED_MS);
        supervisor.kill('SIGCONT');
        await sleep(RUNNING_MS);
      }
    };
    void alternate();
  },
});

/** Redis rejects every write, as at its `maxmemory` with the policy `noeviction`. */
export const fullRedis: HiddenFault = {
  begin: (store) => setMaxMemory(store, '1'),
  end: (store) => setMaxMemory(store, '0'),
};

async function setMaxMemory(store: ChaosStore, bytes: string): Promise<void> {
  const client = new Redis(findPart(store, 'redis').port, '127.0.0.1', { lazyConnect: true });
  // A restart has ended the fault already.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.config('SET', 'maxmemory', bytes);
  } finally {
    client.disconnect();
  }
}

/** Holds the lock of an open transaction on the stock, which every order needs. Reads continue. */
export function lockedStock(): HiddenFault {
  let client: Client | undefined;
  return {
    begin: async ({ databaseUrl }) => {
      client = new Client({ connectionString: databaseUrl, application_name: 'nightly-report' });
      client.on('error', () => undefined);
      await client.connect();
      await client.query('begin');
      await client.query('lock table stock in share row exclusive mode');
    },
    end: () => client?.end(),
  };
}

// #region part: flags
/** An operator sets a flag to off. */
export const flagOff = (name: string): HiddenFault => ({
  begin: ({ flagsFile }) => setFlag(flagsFile, name, 'off'),
  end: ({ flagsFile }) => setFlag(flagsFile, name, 'on'),
});

async function setFlag(path: string, name: string, variant: 'on' | 'off'): Promise<void> {
  const file = JSON.parse(await readFile(path, 'utf8')) as {
    flags: Record<string, { defaultVariant: string } | undefined>;
  };
  const flag = file.flags[name];
  if (flag) flag.defaultVariant = variant;
  await writeFile(path, JSON.stringify(file, null, 2));
}
// #endregion part: flags

/** An operator isolates a breaker of the gateway. */
export const isolated = (upstream: string): HiddenFault => ({
  begin: ({ url }) => setBreaker(url, upstream, 'isolated'),
});

export async function setBreaker(url: string, upstream: string, state: 'isolated' | 'auto'): Promise<void> {
  const response = await fetch(`${url}/ops/breakers/${upstream}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state }),
    signal: AbortSignal.timeout(5000),
  });
  if (!response.ok) throw new Error(`the breaker of ${upstream} was not changed: ${response.status}`);
}
