import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isFree } from '../../deploy/local/ports.ts';
import { eventually } from './eventually.ts';
import { findPostgres } from './postgres.ts';

const bin = findPostgres();

it.skipIf(bin === undefined)(
  'PostgreSQL ends, and its data is deleted, when its starter is killed',
  async () => {
    const TMPDIR = mkdtempSync(join(tmpdir(), 'postgres-'));
    // It may run as another user.
    chmodSync(TMPDIR, 0o777);
    const script = `
    import { startPostgres } from ${JSON.stringify(new URL('postgres.ts', import.meta.url).href)};
    console.log((await startPostgres(${JSON.stringify(bin)})).url);`;
    const starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, TMPDIR },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      starter.kill('SIGKILL');
      rmSync(TMPDIR, { recursive: true, force: true });
    });
    const [url] = (await once(starter.stdout, 'data')) as [Buffer];
    const port = Number(new URL(url.toString()).port);
    expect([await isFree(port), readdirSync(TMPDIR).length]).toEqual([false, 1]);
    starter.kill('SIGKILL');
    await eventually(async () => expect([await isFree(port), readdirSync(TMPDIR).length]).toEqual([true, 0]));
  },
);
