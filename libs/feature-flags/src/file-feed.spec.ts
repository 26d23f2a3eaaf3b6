import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../test/support/eventually.ts';
import { createRecorder } from '../test/listener.ts';
import { FileFeed } from './file-feed.ts';

let directory: string;
let path: string;
let feed: FileFeed;
let recorder: ReturnType<typeof createRecorder>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flags-'));
  path = join(directory, 'flags.json');
  recorder = createRecorder();
  feed = new FileFeed(path);
});
afterEach(async () => {
  await feed.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('a feed from a file', () => {
  beforeEach(async () => {
    await writeFile(path, 'one');
    feed.start(recorder);
    await vi.waitUntil(() => recorder.events.length > 0, { timeout: 20_000 });
  });

  it('reports an edit in place', async () => {
    await writeFile(path, 'two');
    await eventually(() => expect(recorder.events.at(-1)).toBe('two'));
  });

  it('reports a file that replaces the old one, repeatedly', async () => {
    for (const text of ['two', 'three']) {
      await writeFile(`${path}.new`, text);
      await rename(`${path}.new`, path);
      await eventually(() => expect(recorder.events.at(-1)).toBe(text));
    }
    expect(recorder.events).toEqual(['one', 'two', 'three']);
  });

  it('reports a deletion once, and the file that is created after it', async () => {
    await rm(path);
    await eventually(() => expect(recorder.events).toEqual(['one', '(unavailable)']));
    await writeFile(`${path}.new`, 'two');
    await rename(`${path}.new`, path);
    await eventually(() => expect(recorder.events).toEqual(['one', '(unavailable)', 'two']));
  });

  it('finds the file after its directory is created again', async () => {
    await rm(directory, { recursive: true });
    await eventually(() => expect(recorder.events).toEqual(['one', '(unavailable)']));
    await mkdir(directory);
    await writeFile(path, 'two');
    await eventually(() => expect(recorder.events.at(-1)).toBe('two'));
  });

  it('does not report equal contents', async () => {
    await writeFile(join(directory, 'another'), 'text');
    await writeFile(`${path}.new`, 'one');
    await rename(`${path}.new`, path);
    await writeFile(`${path}.new`, 'two');
    await rename(`${path}.new`, path);
    await eventually(() => expect(recorder.events.at(-1)).toBe('two'));
    expect(recorder.events).toEqual(['one', 'two']);
  });

  it('reports nothing after it is stopped, even twice', async () => {
    await Promise.all([feed.stop(), feed.stop()]);
    await writeFile(path, 'two');
    const other = createRecorder();
    const reference = new FileFeed(path);
    reference.start(other);
    await eventually(() => expect(other.events).toEqual(['two']));
    await reference.stop();
    expect(recorder.events).toEqual(['one']);
  });
});

it('follows a link that Kubernetes swaps for a ConfigMap', async () => {
  for (const name of ['one', 'two']) {
    await mkdir(join(directory, name));
    await writeFile(join(directory, name, 'flags.json'), name);
  }
  await symlink('one', join(directory, '..data'));
  await symlink(join('..data', 'flags.json'), path);
  feed.start(recorder);
  await eventually(() => expect(recorder.events).toEqual(['one']));
  await symlink('two', join(directory, '..data_tmp'));
  await rename(join(directory, '..data_tmp'), join(directory, '..data'));
  await eventually(() => expect(recorder.events).toEqual(['one', 'two']));
});

it('waits for a file whose directory does not exist', async () => {
  await rm(directory, { recursive: true });
  feed.start(recorder);
  await eventually(() => expect(recorder.events).toEqual(['(unavailable)']));
  await mkdir(directory);
  await writeFile(`${path}.new`, 'one');
  await rename(`${path}.new`, path);
  await eventually(() => expect(recorder.events).toEqual(['(unavailable)', 'one']));
});

it('can be stopped before it starts', async () => {
  await feed.stop();
  feed.start(recorder);
  await feed.stop();
  expect(recorder.events).toEqual([]);
});
