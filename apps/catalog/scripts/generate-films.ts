/** Regenerates `data/films.json`: `node --conditions=source apps/catalog/scripts/generate-films.ts`. */
import { writeFile } from 'node:fs/promises';
import { buildFilmsFile } from './build-films-file.ts';

await writeFile(new URL('../data/films.json', import.meta.url), await buildFilmsFile());
