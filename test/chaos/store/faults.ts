import { type LinkFault } from '../../../deploy/local/faults.ts';
import { type ServiceName, services } from '../../../deploy/local/services.ts';
import { type ScenarioName, faultScenarios } from '@film-store/contracts';
import { type Fault, selectFaults } from '@film-store/fault-injection';
import { mendFlags } from './flags-file.ts';
import { countInjectedFaults, respondsThrough } from './polling.ts';
import { type ReceiverMood } from './receiver.ts';
import { type ChaosStore, findLink, findPart } from './start-store.ts';

/** A fault of the store. */
export interface StoreFault {
  readonly name: string;
  /**
   * Starts the fault, for at most `ttlMs`. Resolves with a check whether it is active, which may be false at first: a
   * fault may need the next request.
   */
  readonly begin: (store: ChaosStore, ttlMs: number) => Promise<() => Promise<boolean>>;
  /** Absent if nothing remains to end. */
  readonly end?: (store: ChaosStore) => Promise<void> | void;
}

/** Starts a scenario through the gateway, as an operator would. It is active once its faults have been injected. */
export function scenario(name: ScenarioName): StoreFault {
  const begun = faultScenarios[name];
  const { title, by } = begun;
  if (by === 'network') throw new Error(`${name} is not a scenario of services: break the link`);
  return {
    name: title,
    begin: async (store, ttlMs) => {
      if (begun.by === 'kill') {
        const { supervisor } = findPart(store, begun.service);
        const { pid } = supervisor;
        await order(store.url, { scenario: name, ttlMs });
        return async () => supervisor.pid !== pid;
      }
      const struck = countInjectedFaults(
        store,
        services.flatMap(({ name: service }) =>
          selectFaults(begun, service).map((fault) => ({ service, fault })),
        ),
      );
      const before = await struck();
      await order(store.url, { scenario: name, ttlMs });
      return async () => (await struck()) > before;
    },
    ...(by === 'faults' && { end: ({ url }) => end(`${url}/ops/faults?scenario=${name}`) }),
  };
}

/** A fault of one service, at one of its fault points. */
export const faultAt = (service: ServiceName, name: string, fault: Fault): StoreFault => ({
  name,
  begin: async (store, ttlMs) => {
    const struck = countInjectedFaults(store, [{ service, fault }]);
    const before = await struck();
    await order(findUrl(store, service), { faults: [fault], ttlMs });
    return async () => (await struck()) > before;
  },
  end: (store) => end(`${findUrl(store, service)}/ops/faults`),
});

/** SIGKILL; the supervisor restarts the part a second later. */
export const killed = (part: string): StoreFault => ({
  name: `${part} is killed`,
  begin: async (store) => {
    const { supervisor } = findPart(store, part);
    const { pid } = supervisor;
    supervisor.kill('SIGKILL');
    return async () => pid !== undefined && supervisor.pid !== pid;
  },
});

/** SIGKILL; the part stays down until the fault ends. */
export const gone = (part: string): StoreFault => ({
  name: `${part} is down`,
  begin: async (store) => {
    const { supervisor, isResponding } = findPart(store, part);
    const stopped = supervisor.stop();
    supervisor.kill('SIGKILL');
    await stopped;
    return async () => !(await isResponding());
  },
  end: async (store) => {
    const { supervisor } = findPart(store, part);
    supervisor.start();
    await supervisor.ready();
  },
});

/** Stops the process with SIGSTOP: its connections stay open. */
export const paused = (part: string): StoreFault => ({
  name: `${part} is paused`,
  begin: async (store, ttlMs) => {
    const { supervisor, isResponding } = findPart(store, part);
    await store.local.pause(supervisor, ttlMs);
    return async () => !(await isResponding());
  },
  end: ({ local }) => local.stop(),
});

/** @param amount latency in milliseconds */
export const link = (to: string, kind: Exclude<LinkFault, 'off' | 'bandwidth'>, amount = 0): StoreFault => ({
  name: `the link to ${to}: ${kind}${amount > 0 ? ` of ${amount} ms` : ''}`,
  begin: async (store, ttlMs) => {
    store.local.breakLink(findLink(store, to), kind, amount, ttlMs);
    return async () => {
      const startedAt = performance.now();
      const responded = await respondsThrough(store, to);
      return kind === 'latency' ? performance.now() - startedAt >= amount : !responded;
    };
  },
  end: (store) => store.local.breakLink(findLink(store, to), 'off', 0, 1),
});

export const receiver = (mood: Exclude<ReceiverMood, 'works'>): StoreFault => ({
  name: `the receiver of telemetry ${mood}`,
  begin: async ({ receiver }) => {
    receiver.mood = mood;
    return async () => {
      const response = await fetch(`http://127.0.0.1:${receiver.port}`, {
        signal: AbortSignal.timeout(2000),
      });
      return mood === 'responds with 503' ? response.status === 503 : (await response.text()) !== '{}';
    };
  },
  end: ({ receiver }) => {
    receiver.mood = 'works';
  },
});

/** Ends all faults, and starts all parts that do not run. */
export const mends: readonly {
  readonly name: string;
  readonly mend: (store: ChaosStore) => Promise<void>;
}[] = [
  { name: 'links work, and no process is paused', mend: ({ local }) => local.stop() },
  {
    name: 'no service has a fault',
    mend: async (store) => {
      const services = store.parts.filter(
        ({ name, supervisor }) => name !== 'redis' && supervisor.pid !== undefined,
      );
      await Promise.all(services.map(({ port }) => end(`http://127.0.0.1:${port}/ops/faults`)));
    },
  },
  mendFlags,
  {
    name: 'the telemetry receiver works',
    mend: async ({ receiver }) => {
      receiver.mood = 'works';
    },
  },
  {
    name: 'every part runs',
    mend: async ({ parts }) => {
      for (const { supervisor } of parts) {
        supervisor.start();
        await supervisor.ready();
      }
    },
  },
];

const findUrl = (store: ChaosStore, service: string): string =>
  `http://127.0.0.1:${findPart(store, service).port}`;

async function order(url: string, faults: object): Promise<void> {
  const response = await fetch(`${url}/ops/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(faults),
    signal: AbortSignal.timeout(5000),
  });
  if (!response.ok) throw new Error(`the fault was rejected: ${response.status} ${await response.text()}`);
}

async function end(url: string): Promise<void> {
  const response = await fetch(url, { method: 'DELETE', signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(`the fault does not end: ${response.status}`);
}
