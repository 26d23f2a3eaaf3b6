import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../test/support/eventually.ts';
import { recorder } from '../test/listener.ts';
import { FileFeed } from './file-feed.ts';

let directory: string;
let path: string;
let feed: FileFeed;
let heard: ReturnType<typeof recorder>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flags-'));
  path = join(directory, 'flags.json');
  heard = recorder();
  feed = new FileFeed(path);
});
afterEach(async () => {
  await feed.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('a feed from a file', () => {
  beforeEach(async () => {
    await writeFile(path, 'one');
    feed.start(heard);
    await vi.waitUntil(() => heard.told.length > 0, { timeout: 20_000 });
  });

  it('tells an edit in place', async () => {
    await writeFile(path, 'two');
    await eventually(() => expect(heard.told.at(-1)).toBe('two'));
  });

  it('tells a file that took the place of the old one, again and again', async () => {
    for (const text of ['two', 'three']) {
      await writeFile(`${path}.new`, text);
      await rename(`${path}.new`, path);
      await eventually(() => expect(heard.told.at(-1)).toBe(text));
    }
    expect(heard.told).toEqual(['one', 'two', 'three']);
  });

  it('tells a deletion once, and the file that appears after it', async () => {
    await rm(path);
    await eventually(() => expect(heard.told).toEqual(['one', '(gone)']));
    await writeFile(`${path}.new`, 'two');
    await rename(`${path}.new`, path);
    await eventually(() => expect(heard.told).toEqual(['one', '(gone)', 'two']));
  });

  it('finds the file when its whole directory was made anew', async () => {
    await rm(directory, { recursive: true });
    await eventually(() => expect(heard.told).toEqual(['one', '(gone)']));
    await mkdir(directory);
    await writeFile(path, 'two');
    await eventually(() => expect(heard.told.at(-1)).toBe('two'));
  });

  it('does not tell what is the same', async () => {
    await writeFile(join(directory, 'another'), 'text');
    await writeFile(`${path}.new`, 'one');
    await rename(`${path}.new`, path);
    await writeFile(`${path}.new`, 'two');
    await rename(`${path}.new`, path);
    await eventually(() => expect(heard.told.at(-1)).toBe('two'));
    expect(heard.told).toEqual(['one', 'two']);
  });

  it('tells nothing once it is stopped, which can be said twice', async () => {
    await Promise.all([feed.stop(), feed.stop()]);
    await writeFile(path, 'two');
    const other = recorder();
    const witness = new FileFeed(path);
    witness.start(other);
    await eventually(() => expect(other.told).toEqual(['two']));
    await witness.stop();
    expect(heard.told).toEqual(['one']);
  });
});

it('follows links that are swapped, as Kubernetes does with a ConfigMap', async () => {
  for (const name of ['one', 'two']) {
    await mkdir(join(directory, name));
    await writeFile(join(directory, name, 'flags.json'), name);
  }
  await symlink('one', join(directory, '..data'));
  await symlink(join('..data', 'flags.json'), path);
  feed.start(heard);
  await eventually(() => expect(heard.told).toEqual(['one']));
  await symlink('two', join(directory, '..data_tmp'));
  await rename(join(directory, '..data_tmp'), join(directory, '..data'));
  await eventually(() => expect(heard.told).toEqual(['one', 'two']));
});

it('waits for a file that is not there, nor its directory', async () => {
  await rm(directory, { recursive: true });
  feed.start(heard);
  await eventually(() => expect(heard.told).toEqual(['(gone)']));
  await mkdir(directory);
  await writeFile(`${path}.new`, 'one');
  await rename(`${path}.new`, path);
  await eventually(() => expect(heard.told).toEqual(['(gone)', 'one']));
});

it('can be stopped before it was started', async () => {
  await feed.stop();
  feed.start(heard);
  await feed.stop();
  expect(heard.told).toEqual([]);
});
