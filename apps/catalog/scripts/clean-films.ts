import type { CleaningReport, Film } from '../src/films/films.schema.ts';
import { toFilmIds } from './film-ids.ts';

/** The used columns of a row of the data set. */
export interface SourceRow {
  readonly Title: string | number | null;
  readonly 'Major Genre': string | null;
  readonly 'Creative Type': string | null;
  readonly Source: string | null;
  readonly Director: string | null;
  readonly Distributor: string | null;
  /** Has the form `Jun 12 1998`. */
  readonly 'Release Date': string;
  readonly 'MPAA Rating': string | null;
  readonly 'Running Time min': number | null;
  readonly 'IMDB Rating': number | null;
  readonly 'IMDB Votes': number | null;
}

type CleaningCounts = Omit<CleaningReport, 'source'>;

interface Repaired<T> {
  readonly value: T;
  readonly repairs: readonly (keyof CleaningReport['repaired'])[];
}

/** Converts rows of the data set to films, in the same order, and counts the repairs. */
export function cleanFilms(rows: readonly SourceRow[]): { films: Film[]; counts: CleaningCounts } {
  const repaired = { numericTitle: 0, misreadTitle: 0, titleSpacing: 0, century: 0 };
  const films: Omit<Film, 'id'>[] = [];
  for (const row of rows) {
    if (row.Title === null) continue;
    const title = cleanTitle(row.Title);
    const releaseDate = cleanDate(row['Release Date']);
    for (const repair of [...title.repairs, ...releaseDate.repairs]) repaired[repair] += 1;
    films.push({
      title: title.value,
      genre: row['Major Genre'],
      creativeType: row['Creative Type'],
      source: row.Source,
      director: row.Director,
      distributor: row.Distributor,
      releaseDate: releaseDate.value,
      mpaaRating: row['MPAA Rating'],
      runningTimeMin: row['Running Time min'],
      imdb: { rating: row['IMDB Rating'], votes: row['IMDB Votes'] },
    });
  }
  const ids = toFilmIds(films);
  return {
    films: films.map((film, index) => ({ id: ids[index]!, ...film })),
    counts: {
      rows: rows.length,
      taken: films.length,
      dropped: { noTitle: rows.length - films.length },
      repaired,
    },
  };
}

function cleanTitle(title: string | number): Repaired<string> {
  if (typeof title === 'number') return { value: String(title), repairs: ['numericTitle'] };
  const decoded = decodeAsWindows1252(title);
  const spaced = decoded.replace(/\s+/g, ' ').trim();
  return {
    value: spaced,
    repairs: [
      ...(decoded === title ? [] : (['misreadTitle'] as const)),
      ...(spaced === decoded ? [] : (['titleSpacing'] as const)),
    ],
  };
}

const macRomanBytes = new Map(
  Array.from({ length: 256 }, (_, byte) => [new TextDecoder('macintosh').decode(Uint8Array.of(byte)), byte]),
);

/**
 * Repairs a title. The data set decoded windows-1252 titles as Mac Roman: "AstÈrix" was "Astérix". A title with a
 * character that Mac Roman lacks ("Alien³") was decoded correctly and is returned unchanged.
 */
function decodeAsWindows1252(title: string): string {
  const bytes = Array.from(title, (character) => macRomanBytes.get(character));
  if (!bytes.every((byte) => byte !== undefined)) return title;
  return new TextDecoder('windows-1252').decode(Uint8Array.from(bytes));
}

/** The data set is from 2011. A later year was written with two digits and is 100 years too late. */
const LAST_YEAR = 2011;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function cleanDate(date: string): Repaired<string> {
  const [month = '', day = '', writtenYear = ''] = date.split(' ');
  const isLate = Number(writtenYear) > LAST_YEAR;
  const year = isLate ? Number(writtenYear) - 100 : Number(writtenYear);
  const monthNumber = String(MONTHS.indexOf(month) + 1).padStart(2, '0');
  return { value: `${year}-${monthNumber}-${day}`, repairs: isLate ? ['century'] : [] };
}
