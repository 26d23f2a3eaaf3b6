import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe } from 'vitest';
import { freePorts } from '../../deploy/local/ports.ts';
import { startProgram } from '../../deploy/local/program.ts';
import { respondsOk, type Service, withReadiness } from '../../deploy/local/readiness.ts';
import { isOnPath } from './on-path.ts';

const run = promisify(execFile);

/**
 * Runs a suite that needs `prometheus` and `promtool`. Without them it skips the suite with a note, and throws with
 * `CI=true`.
 */
export function describeWithPrometheus(title: string, suite: () => void): void {
  const found = ['prometheus', 'promtool'].every(isOnPath);
  const missing = 'Prometheus: not found (install prometheus)';
  if (!found && process.env['CI'] === 'true') throw new Error(missing);
  if (!found) console.log(`${missing}; skipped: ${title}`);
  describe.runIf(found)(title, () => {
    suite();
  });
}

/** Returns promtool's errors; empty if there are none. */
export async function complaintsOfPromtool(...args: string[]): Promise<string> {
  return run('promtool', args).then(
    () => '',
    ({ message, stdout }: { message: string; stdout: string }) => `${message}\n${stdout}`,
  );
}

/** A sample of an instant vector. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

export interface Prometheus extends Service {
  /** @throws Error with Prometheus's message for an invalid expression */
  query(expression: string): Promise<readonly Sample[]>;
  alerts(): Promise<readonly Alert[]>;
  /** The last evaluation errors of the rules. */
  ruleErrors(): Promise<readonly string[]>;
}

/** Starts the `prometheus` of this machine on a free port, with its files in `directory`. */
export async function startPrometheus(directory: string): Promise<Prometheus> {
  const [port = 0] = await freePorts(1);
  const args = {
    'config.file': 'prometheus.yml',
    'storage.tsdb.path': 'data',
    'web.listen-address': `127.0.0.1:${port}`,
    'log.level': 'warn',
  };
  const program = startProgram({
    command: 'prometheus',
    args: Object.entries(args).map(([name, value]) => `--${name}=${value}`),
    cwd: directory,
    env: process.env,
  });
  const url = `http://127.0.0.1:${port}`;
  const server = withReadiness({
    name: 'prometheus',
    process: program,
    probe: () => respondsOk(`${url}/-/ready`),
  });
  return {
    ...server,
    async query(expression) {
      const { result } = await callApi<{ result: Sample[] }>(`${url}/api/v1/query`, { query: expression });
      return result;
    },
    alerts: async () => (await callApi<{ alerts: Alert[] }>(`${url}/api/v1/alerts`)).alerts,
    async ruleErrors() {
      const { groups } = await callApi<{ groups: { rules: { lastError?: string }[] }[] }>(
        `${url}/api/v1/rules`,
      );
      return groups.flatMap(({ rules }) => rules.flatMap(({ lastError }) => lastError ?? []));
    },
  };
}

type QueryResponse<T> =
  { readonly status: 'success'; readonly data: T } | { readonly status: 'error'; readonly error: string };

async function callApi<T>(url: string, parameters?: Record<string, string>): Promise<T> {
  const response = await fetch(`${url}?${new URLSearchParams(parameters).toString()}`);
  const result = (await response.json()) as QueryResponse<T>;
  if (result.status === 'error') throw new Error(`${result.error}: ${JSON.stringify(parameters)}`);
  return result.data;
}
