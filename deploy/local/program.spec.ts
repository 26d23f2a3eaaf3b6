import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePorts, isFree } from './ports.ts';
import { startProgram } from './program.ts';

const options = { command: process.execPath, cwd: '.', env: process.env };

describe('a program without an IPC channel', () => {
  it('receives SIGTERM and passes its exit code on', async () => {
    const lines: string[] = [];
    const script = `
      process.on('SIGTERM', () => { console.log('bye'); process.exit(3); });
      setInterval(() => {}, 1000);
      console.log('up');`;
    const program = startProgram({
      ...options,
      args: ['-e', script],
      onLine: ({ text }) => lines.push(text),
    });
    await expect.poll(() => lines, { timeout: 20_000 }).toEqual(['up']);
    expect(await program.stop()).toEqual({ code: 3, signal: null });
    expect(lines).toEqual(['up', 'bye']);
  });

  it('passes the signal that ended it on', async () => {
    const program = startProgram({ ...options, args: ['-e', 'process.kill(process.pid, "SIGUSR2")'] });
    expect(await program.exited).toEqual({ code: null, signal: 'SIGUSR2' });
  });

  it('exits with 127 if it does not exist', async () => {
    const program = startProgram({ ...options, command: '/no/such/program', args: [] });
    expect(await program.exited).toEqual({ code: 127, signal: null });
    expect(program.lastLines()).toEqual(['spawn /no/such/program ENOENT']);
  });

  it('ends when its parent is killed', async () => {
    const [port = 0] = await freePorts(1);
    const listener = `require('node:net').createServer().listen(${port}, () => console.log('up'))`;
    const script = `
      import { startProgram } from ${JSON.stringify(new URL('program.ts', import.meta.url).href)};
      const args = ['-e', ${JSON.stringify(listener)}];
      const onLine = ({ text }) => console.log(text);
      startProgram({ command: process.execPath, args, cwd: '.', env: process.env, onLine });`;
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
