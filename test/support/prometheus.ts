import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { describe } from 'vitest';
import { freePorts } from '../../deploy/local/ports.ts';
import { startProgram } from '../../deploy/local/program.ts';
import { respondsOk, type Service, withReadiness } from '../../deploy/local/readiness.ts';

const run = promisify(execFile);

const isOnPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/**
 * Runs a suite that needs `prometheus` and `promtool`. A machine that has not got them goes without, and this says
 * so; with `CI=true` it is an error.
 */
export function describeWithPrometheus(title: string, suite: () => void): void {
  const found = ['prometheus', 'promtool'].every(isOnPath);
  const missing = 'Prometheus: not found (install prometheus)';
  if (!found && process.env['CI'] === 'true') throw new Error(missing);
  if (!found) console.log(`${missing}; left out: ${title}`);
  describe.runIf(found)(title, () => {
    suite();
  });
}

/** What promtool says is wrong; empty where nothing is. */
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
  /** @throws Error with what Prometheus says of an expression that it cannot evaluate */
  query(expression: string): Promise<readonly Sample[]>;
  alerts(): Promise<readonly Alert[]>;
  /** What went wrong when rules were evaluated last. */
  ruleErrors(): Promise<readonly string[]>;
}

/** Starts the `prometheus` of this machine on a free port, with all it needs in `directory`. */
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
