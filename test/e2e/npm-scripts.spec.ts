import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { freeServicePorts } from '../../deploy/local/ports.ts';
import { startProgram } from '../../deploy/local/program.ts';
import { type Ports, root, serviceEnvironment, services } from '../../deploy/local/services.ts';
import { eventually } from '../support/eventually.ts';

let ports: Ports;
let dataDir: string;
beforeAll(async () => {
  ports = await freeServicePorts();
  dataDir = await mkdtemp(join(tmpdir(), 'npm-scripts-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

function startScript(script: string, env: NodeJS.ProcessEnv) {
  const output: string[] = [];
  const npm = startProgram({
    command: 'npm',
    args: ['run', script],
    cwd: root,
    env,
    onLine: ({ text }) => output.push(text),
  });
  onTestFinished(async () => void (await npm.stop()));
  return { npm, output };
}

const isAlive = async (port: number): Promise<boolean> =>
  (await fetch(`http://localhost:${port}/health/live`)).ok;

it.each(services)('npm run start:$name passes SIGTERM on, and ends with its service', async ({ name }) => {
  const env = serviceEnvironment(name, ports, { ...process.env, DATA_DIR: dataDir, DRAIN_WAIT_MS: '0' });
  const { npm, output } = startScript(`start:${name}`, env);
  await eventually(async () => expect(await isAlive(ports[name])).toBe(true));
  npm.kill('SIGTERM');
  expect(await npm.exited).toEqual({ code: 0, signal: null });
  expect(output.join('\n')).toContain('"event":"shutdown.started"');
  await expect(isAlive(ports[name])).rejects.toThrow('fetch failed');
});

it('npm run demo passes SIGTERM on, and ends with all that it started', async () => {
  const variables = services.map(({ name, portVariable }) => [portVariable, String(ports[name])]);
  const { npm, output } = startScript('demo', {
    ...process.env,
    ...Object.fromEntries(variables),
    DATA_DIR: dataDir,
  });
  await eventually(async () => {
    for (const { name } of services) expect(await isAlive(ports[name])).toBe(true);
  });
  npm.kill('SIGTERM');
  expect(await npm.exited).toEqual({ code: 0, signal: null });
  expect(output.join('\n')).toContain('stopping');
  for (const { name } of services) await expect(isAlive(ports[name])).rejects.toThrow('fetch failed');
});
