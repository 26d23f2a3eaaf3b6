import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HealthRegistry } from '@film-store/health';
import { film } from '../../test/films.ts';
import { log } from '../../test/log.ts';
import { recommendationsConfig } from '../recommendations.config.ts';
import { FilmsRepository } from './films.repository.ts';

const snapshot = (id: string) => ({ asOf: '2026-01-01T00:00:00.000Z', films: [film(id)] });

describe('FilmsRepository', () => {
  let directory: string;
  const storeAt = (path: string) =>
    new FilmsRepository(recommendationsConfig.parse({ DATA_DIR: path }), new HealthRegistry(), log.logger);

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'recommendations-'));
    log.takeEvents();
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('reads what was written last, in a directory it makes', async () => {
    const store = storeAt(join(directory, 'new', 'data'));
    await store.write(snapshot('a'));
    await store.write(snapshot('b'));
    expect(await storeAt(join(directory, 'new', 'data')).read()).toEqual(snapshot('b'));
  });

  it('has nothing where nothing was written, which is no event', async () => {
    expect(await storeAt(directory).read()).toBeUndefined();
    expect(log.takeEvents()).toEqual([]);
  });

  it.each([
    ['is cut off', '{"asOf":"2026-01-01T00:00:00.000Z","films":[{"id"'],
    ['has no films', '{"asOf":"2026-01-01T00:00:00.000Z","films":[]}'],
    ['has other fields than it should', '{"films":[{"id":"a"}]}'],
  ])('ignores a file that %s, with an event', async (_, content) => {
    await writeFile(join(directory, 'films.json'), content);
    expect(await storeAt(directory).read()).toBeUndefined();
    expect(log.takeEvents()).toEqual(['snapshot.ignored']);
  });

  it('leaves the old snapshot where the new one was written in part', async () => {
    const store = storeAt(directory);
    await store.write(snapshot('a'));
    await writeFile(join(directory, 'films.json.tmp'), '{"asOf":');
    expect(await store.read()).toEqual(snapshot('a'));
    await store.write(snapshot('b'));
    expect(await readdir(directory)).toEqual(['films.json']);
  });

  it('goes on, with an event, where it cannot write', async () => {
    await writeFile(join(directory, 'file'), '');
    await storeAt(join(directory, 'file')).write(snapshot('a'));
    expect(log.takeEvents()).toEqual(['snapshot.write_failed']);
  });
});
