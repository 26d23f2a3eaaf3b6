import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { filmsFile } from '../src/films/films.schema.ts';
import { buildFilmsFile } from './build-films-file.ts';

const committed = await readFile(new URL('../data/films.json', import.meta.url), 'utf8');

describe('data/films.json', () => {
  it('equals the output of the script for the installed data set', async () => {
    expect(await buildFilmsFile()).toBe(committed);
  });

  it('reports the number of rows taken, dropped and repaired', () => {
    expect(filmsFile.parse(JSON.parse(committed)).report).toEqual({
      source: { package: 'vega-datasets', version: '3.2.1', file: 'data/movies.json' },
      rows: 3201,
      taken: 3200,
      dropped: { noTitle: 1 },
      repaired: { numericTitle: 9, misreadTitle: 18, titleSpacing: 2, century: 22 },
    });
  });

  it('has a unique id for each film', () => {
    const { films } = filmsFile.parse(JSON.parse(committed));
    expect(new Set(films.map((film) => film.id)).size).toBe(3200);
  });
});
