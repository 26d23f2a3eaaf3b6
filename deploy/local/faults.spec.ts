import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '@film-store/core/testing';
import { faultCommand, pauseCommand } from './fault-commands.ts';
import { LocalFaults } from './faults.ts';
import { startLinks } from './links.ts';
import { freePorts, isFree } from './ports.ts';
import { startProcess } from './process.ts';
import { withReadiness } from './readiness.ts';
import { Stops } from './stops.ts';
import { Supervisor } from './supervisor.ts';

const run = promisify(execFile);
const stops = new Stops();
const toStop: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const thing of toStop.splice(0).toReversed()) await thing.stop();
});

describe('a link', () => {
  /** A server that says everything twice, and a link to it. */
  async function setUp() {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => socket.write(data.toString().repeat(2)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { links, env } = await startLinks({ REDIS_URL: `redis://localhost:${port}/3`, OTHER: 'x' }, stops);
    toStop.push({ stop: async () => server.close() });
    for (const { proxy } of links) toStop.push(proxy);
    const clock = new VirtualClock();
    const say = async (text: string): Promise<string> => {
      const socket = connect(Number(new URL(env.REDIS_URL ?? '').port), '127.0.0.1');
      onTestFinished(() => void socket.destroy());
      const ending = once(socket, 'data').then(String);
      socket.write(text);
      return ending.catch((error: NodeJS.ErrnoException) => error.code ?? 'closed');
    };
    return { links, env, clock, say, faults: new LocalFaults(links, clock) };
  }

  it('leads to the server of the variable, and changes nothing else', async () => {
    const { links, env, say } = await setUp();
    expect(links.map(({ name }) => name)).toEqual(['redis']);
    expect(env).toEqual({ REDIS_URL: expect.stringMatching(/^redis:\/\/127\.0\.0\.1:\d+\/3$/), OTHER: 'x' });
    expect(await say('hello')).toBe('hellohello');
  });

  it('has a fault for the given time', async () => {
    const { clock, say, faults } = await setUp();
    expect(faultCommand(['redis', 'reset', '5s'], faults)).toBe('redis: reset for 5 s');
    clock.advance(4999);
    expect(await say('hello')).toBe('ECONNRESET');
    clock.advance(1);
    expect(await say('hello')).toBe('hellohello');
    expect(clock.armed).toBe(0);
  });

  it('has one fault at a time, which ends on request', async () => {
    const { clock, say, faults } = await setUp();
    faultCommand(['redis', 'black-hole', '5s'], faults);
    faultCommand(['redis', 'reset'], faults);
    clock.advance(29_999);
    expect(await say('hello')).toBe('ECONNRESET');
    expect(faultCommand(['redis', 'off'], faults)).toBe('redis: the fault ended');
    expect(await say('hello')).toBe('hellohello');
  });

  it('is not created for an encrypted server or one without a port', async () => {
    const given = {
      REDIS_URL: 'rediss://localhost:6379',
      DATABASE_URL: 'postgres://localhost:5432/store?sslmode=require',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector',
    };
    expect(await startLinks(given, stops)).toEqual({ links: [], env: given });
  });

  it.each([
    [['redis'], 'the fault must be one of latency, bandwidth, cut, black-hole, reset, off'],
    [['redis', 'toString'], 'the fault must be one of latency, bandwidth, cut, black-hole, reset, off'],
    [['redis', 'latency'], 'latency needs a delay, for example 500ms'],
    [['redis', 'bandwidth', '0'], 'bandwidth needs bytes per second'],
    [['redis', 'latency', '500ms', '11m'], 'the time must be like 30s, at most 10m'],
    [['redis', 'cut', '0s'], 'the time must be like 30s, at most 10m'],
    [['stock', 'cut'], 'fault needs one of redis'],
    [['redis', 'latency', '500ms', '10m'], 'redis: latency for 600 s'],
    [['redis', 'bandwidth', '1000'], 'redis: bandwidth for 30 s'],
  ])('responds to %j with: %s', async (words, response) => {
    const { faults } = await setUp();
    expect(faultCommand(words, faults)).toBe(response);
  });
});

describe('a paused process', () => {
  async function setUp() {
    const lines: string[] = [];
    const supervisor = new Supervisor({
      name: 'child',
      launch: () =>
        withReadiness({
          name: 'child',
          process: startProcess({
            args: ['-e', 'setInterval(() => {}, 1000); console.log("up")'],
            cwd: '.',
            env: process.env,
            onLine: ({ text }) => lines.push(text),
          }),
          probe: () => Promise.resolve(true),
        }),
    });
    supervisor.start();
    const faults = new LocalFaults([]);
    toStop.push(supervisor, faults);
    /** As the system has it: `T` is a process that is stopped. */
    const isPaused = async (): Promise<boolean> => {
      const { stdout } = await run('ps', ['-o', 'state=', '-p', String(supervisor.pid)]);
      return stdout.startsWith('T');
    };
    await expect.poll(() => lines).toEqual(['up']);
    return { supervisor, faults, isPaused };
  }

  it('does nothing, and resumes by itself', async () => {
    const { supervisor, faults, isPaused } = await setUp();
    expect(await pauseCommand(supervisor, '2s', faults)).toBe('child is paused for 2 s');
    await expect.poll(isPaused).toBe(true);
    await expect.poll(isPaused).toBe(false);
    expect(supervisor.state.kind).toBe('up');
  });

  it('resumes when all faults end, and can be stopped', async () => {
    const { supervisor, faults, isPaused } = await setUp();
    await pauseCommand(supervisor, '10m', faults);
    await expect.poll(isPaused).toBe(true);
    await faults.stop();
    await expect.poll(isPaused).toBe(false);
    await pauseCommand(supervisor, '10m', faults);
    await expect.poll(isPaused).toBe(true);
    await supervisor.stop();
    expect(supervisor.state.kind).toBe('down');
    expect(await pauseCommand(supervisor, undefined, faults)).toBe('child is not running');
  });

  it('resumes when its supervisor is killed', async () => {
    const [port = 0] = await freePorts(1);
    const url = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
    const child = `require('node:net').createServer().listen(${port}, () => console.log('up'));
      process.on('disconnect', () => process.exit());`;
    const script = `
      import { LocalFaults } from ${url('faults.ts')};
      import { startProcess } from ${url('process.ts')};
      const child = startProcess({ args: ['-e', ${JSON.stringify(child)}], cwd: '.', env: process.env,
        onLine: () => { void new LocalFaults([]).pause({ pid: child.pid }, 600_000).then(() => console.log('paused')); } });`;
    const supervisor = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void supervisor.kill('SIGKILL'));
    await once(supervisor.stdout, 'data');
    expect(await isFree(port)).toBe(false);
    supervisor.kill('SIGKILL');
    await expect.poll(() => isFree(port), { timeout: 20_000 }).toBe(true);
  });
});
