import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';

/** Runs `work` under `runUntilStopped` in a process of its own. Resolves after its first line of output. */
async function run(work: string) {
  const url = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
  const script = `
    import { runUntilStopped } from ${url('run.ts')};
    import { Terminal } from ${url('terminal.ts')};
    const alive = setInterval(() => {}, 1000);
    const terminal = new Terminal(process.stdout);
    process.exitCode = await runUntilStopped(terminal, async (stops, stop) => { ${work} });
    clearInterval(alive);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  const end = async () => {
    const [code] = await closed;
    return { code, output };
  };
  return { child, end };
}

describe('a run', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stops everything on %s and ends with 0',
    async (signal) => {
      const { child, end } = await run(`
      stops.add({ stop: async () => terminal.print('stopped') });
      terminal.print('up');`);
      child.kill(signal);
      expect(await end()).toEqual({
        code: 0,
        output: 'up\nstopping; press Ctrl-C again to stop without waiting\nstopped\n',
      });
    },
  );

  it('stops everything when the work fails, and ends with 1', async () => {
    const { end } = await run(`
      stops.add({ stop: async () => terminal.print('stopped') });
      throw new Error('the port is in use');`);
    expect(await end()).toEqual({ code: 1, output: 'the port is in use\nstopped\n' });
  });

  it('stops what is started when the signal comes during the start', async () => {
    const { child, end } = await run(`
      stops.add({ stop: async () => terminal.print('stopped') });
      terminal.print('starting');
      await new Promise(() => {});`);
    child.kill('SIGINT');
    expect(await end()).toMatchObject({ code: 0, output: expect.stringContaining('stopped') });
  });

  it('stops everything when the work calls stop during its start', async () => {
    const { end } = await run(`
      stops.add({ stop: async () => terminal.print('stopped') });
      stop();
      await new Promise(() => {});`);
    expect(await end()).toMatchObject({ code: 0, output: expect.stringContaining('stopped') });
  });

  it('reports what cannot be stopped, and ends with 1', async () => {
    const { child, end } = await run(`
      stops.add({ stop: async () => { throw new Error('stuck'); } });
      terminal.print('up');`);
    child.kill('SIGINT');
    expect(await end()).toMatchObject({ code: 1, output: expect.stringContaining('stuck') });
  });

  it('stops without waiting when the signal is repeated', async () => {
    const { child, end } = await run(`
      const killed = Promise.withResolvers();
      stops.add({ stop: () => killed.promise, kill: () => { terminal.print('killed'); killed.resolve(); } });
      terminal.print('up');`);
    await expect
      .poll(
        () => {
          child.kill('SIGINT');
          return child.exitCode;
        },
        { timeout: 20_000 },
      )
      .toBe(0);
    expect((await end()).output).toContain('killed');
  });
});
