import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { HealthRegistry } from '@film-store/health';
import { createDirectory } from '../../test/create-database.ts';
import { film } from '../../test/films.ts';
import { log } from '../../test/log.ts';
import { storeFilms } from '../films/films.repository.ts';
import { recommendationsConfig } from '../recommendations.config.ts';
import { DatabaseWriter } from './database-writer.ts';
import { openDatabase } from './database.ts';

it('builds the model of a large file before it checks the other tables', async () => {
  const DATA_DIR = createDirectory();
  const database = openDatabase(join(DATA_DIR, 'recommendations.sqlite'));
  const films = Array.from({ length: 100 }, (_, index) => film(`film-${index}`));
  storeFilms(database, films);
  database.run('UPDATE product SET json = json || printf(?, ?, ?)', '%.*c', 700_000, 'x');
  database.close();

  const writer = new DatabaseWriter(
    recommendationsConfig.parse({ DATA_DIR }),
    new HealthRegistry(),
    log.logger,
  );
  const write = vi.spyOn(writer, 'write');
  await writer.open();
  await writer.write('build', {});
  await expect
    .poll(() => write.mock.calls.map(([task]) => task))
    .toEqual(['build', 'checkTable', 'checkTable', 'checkTable']);
  await writer.onApplicationShutdown();
});
