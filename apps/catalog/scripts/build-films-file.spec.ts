import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { filmsFile } from '../src/films/films.schema.ts';
import { buildFilmsFile } from './build-films-file.ts';

const committed = await readFile(new URL('../data/films.json', import.meta.url), 'utf8');

describe('data/films.json', () => {
  it('is what the script makes of the installed source', async () => {
    expect(await buildFilmsFile()).toBe(committed);
  });

  it('tells what became of every row', () => {
    expect(filmsFile.parse(JSON.parse(committed)).report).toEqual({
      source: { package: 'vega-datasets', version: '3.2.1', file: 'data/movies.json' },
      rows: 3201,
      taken: 3200,
      dropped: { noTitle: 1 },
      repaired: { numericTitle: 9, misreadTitle: 18, titleSpacing: 2, century: 22 },
    });
  });

  it('names each film once', () => {
    const { films } = filmsFile.parse(JSON.parse(committed));
    expect(new Set(films.map((film) => film.id)).size).toBe(3200);
  });
});
