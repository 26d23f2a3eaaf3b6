import { afterEach, describe, expect, it } from 'vitest';
import { execute, status } from './commands.ts';
import { sendCommand, startControl } from './control.ts';
import { LocalFaults } from './faults.ts';
import { freePorts } from './ports.ts';
import { startProcess } from './process.ts';
import { withReadiness } from './readiness.ts';
import { Supervisor } from './supervisor.ts';
import { VirtualClock } from '@film-store/core/testing';

const launch = () =>
  withReadiness({
    name: 'child',
    process: startProcess({ args: ['-e', 'setInterval(() => {}, 1000)'], cwd: '.', env: process.env }),
    probe: () => Promise.resolve(true),
  });

describe('a command', () => {
  const clock = new VirtualClock();
  const supervisors = ['catalog', 'gateway'].map((name) => new Supervisor({ name, launch, clock }));
  const faults = new LocalFaults([]);
  const [catalog] = supervisors as [Supervisor, Supervisor];
  afterEach(() => Promise.all(supervisors.map((supervisor) => supervisor.stop())));

  it('starts and stops a service', async () => {
    expect(await execute(' start  catalog ', supervisors, faults)).toBe('');
    expect(status(supervisors)).toMatch(/^catalog +running, pid \d+\ngateway +stopped$/);
    expect(await execute('stop catalog', supervisors, faults)).toBe('');
    expect(status(supervisors)).toMatch(/^catalog +stopped\n/);
  });

  it('kills a service that stays supervised', async () => {
    catalog.start();
    expect(await execute('kill catalog', supervisors, faults)).toBe('');
    await expect.poll(() => status(supervisors), { timeout: 20_000 }).toMatch(/^catalog +died \(SIGKILL\)/);
    expect(await execute('kill catalog', supervisors, faults)).toBe('catalog is not running');
  });

  it('responds to an invalid line with the valid ones', async () => {
    expect(await execute('stop', supervisors, faults)).toBe('stop needs one of catalog, gateway');
    expect(await execute('stop stock', supervisors, faults)).toBe('stop needs one of catalog, gateway');
    expect(await execute('sell catalog', supervisors, faults)).toContain(
      'unknown command: sell catalog\nstop NAME',
    );
    expect(await execute('stop catalog now', supervisors, faults)).toContain('unknown command');
    expect(await execute('', supervisors, faults)).toBe('');
  });
});

describe('a command from another terminal', () => {
  it('gets a response from the running demo only', async () => {
    const [port = 0] = await freePorts(1);
    const control = await startControl(port, (line) => Promise.resolve(`did ${line}`));
    expect(await sendCommand(port, 'stop catalog')).toBe('did stop catalog\n');
    await expect(startControl(port, () => Promise.resolve(''))).rejects.toThrow('runs already');
    await control.stop();
    await control.stop();
    await expect(sendCommand(port, 'status')).rejects.toThrow(`no demo on port ${port} runs`);
  });
});
