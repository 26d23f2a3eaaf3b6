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
  const createRepository = (path: string) =>
    new FilmsRepository(recommendationsConfig.parse({ DATA_DIR: path }), new HealthRegistry(), log.logger);

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'recommendations-'));
    log.takeEvents();
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('reads the last snapshot from a directory that it creates', async () => {
    const repository = createRepository(join(directory, 'new', 'data'));
    await repository.write(snapshot('a'));
    await repository.write(snapshot('b'));
    expect(await createRepository(join(directory, 'new', 'data')).read()).toEqual(snapshot('b'));
  });

  it('returns undefined without a snapshot and logs nothing', async () => {
    expect(await createRepository(directory).read()).toBeUndefined();
    expect(log.takeEvents()).toEqual([]);
  });

  it.each([
    ['is truncated', '{"asOf":"2026-01-01T00:00:00.000Z","films":[{"id"'],
    ['has no films', '{"asOf":"2026-01-01T00:00:00.000Z","films":[]}'],
    ['has other fields', '{"films":[{"id":"a"}]}'],
  ])('ignores and logs a file that %s', async (_, content) => {
    await writeFile(join(directory, 'films.json'), content);
    expect(await createRepository(directory).read()).toBeUndefined();
    expect(log.takeEvents()).toEqual(['snapshot.ignored']);
  });

  it('keeps the old snapshot when the new one was written only partly', async () => {
    const repository = createRepository(directory);
    await repository.write(snapshot('a'));
    await writeFile(join(directory, 'films.json.tmp'), '{"asOf":');
    expect(await repository.read()).toEqual(snapshot('a'));
    await repository.write(snapshot('b'));
    expect(await readdir(directory)).toEqual(['films.json']);
  });

  it('logs an event when it cannot write', async () => {
    await writeFile(join(directory, 'file'), '');
    await createRepository(join(directory, 'file')).write(snapshot('a'));
    expect(log.takeEvents()).toEqual(['snapshot.write_failed']);
  });
});
