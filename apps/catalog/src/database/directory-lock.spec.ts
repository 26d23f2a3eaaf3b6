import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryInUseError, lockDirectory } from './directory-lock.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'directory-lock-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('lockDirectory', () => {
  it('rejects a second lock and names the directory', () => {
    const unlock = lockDirectory(directory);
    expect(() => lockDirectory(directory)).toThrow(DirectoryInUseError);
    expect(() => lockDirectory(directory)).toThrow(`the directory ${directory} is in use by another process`);
    unlock();
  });

  it('locks again after the release', () => {
    lockDirectory(directory)();
    expect(lockDirectory(directory)).not.toThrow();
  });

  it('rejects a lock of another process until that process is killed', async () => {
    const script = join(directory, 'holder.ts');
    await writeFile(
      script,
      `import { lockDirectory } from ${JSON.stringify(new URL('./directory-lock.ts', import.meta.url).href)};
       lockDirectory(${JSON.stringify(directory)});
       process.send('locked');
       process.on('message', () => {});`,
    );
    const holder = fork(script, { execArgv: [] });
    await once(holder, 'message');
    expect(() => lockDirectory(directory)).toThrow(DirectoryInUseError);

    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(lockDirectory(directory)).not.toThrow();
  });

  it('passes other errors on', () => {
    expect(() => lockDirectory(join(directory, 'missing'))).toThrow('unable to open database file');
  });
});
