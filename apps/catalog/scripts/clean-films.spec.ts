import { describe, expect, it } from 'vitest';
import { cleanFilms, type SourceRow } from './clean-films.ts';

const row = (columns: Partial<SourceRow> = {}): SourceRow => ({
  Title: 'Notting Hill',
  'Major Genre': 'Romantic Comedy',
  'Creative Type': 'Contemporary Fiction',
  Source: 'Original Screenplay',
  Director: 'Roger Michell',
  Distributor: 'Universal',
  'Release Date': 'May 28 1999',
  'MPAA Rating': 'PG-13',
  'Running Time min': 124,
  'IMDB Rating': 6.9,
  'IMDB Votes': 69451,
  ...columns,
});

describe('cleanFilms', () => {
  it('takes a complete row unchanged', () => {
    expect(cleanFilms([row()])).toEqual({
      films: [
        {
          id: 'notting-hill-1999',
          title: 'Notting Hill',
          genre: 'Romantic Comedy',
          creativeType: 'Contemporary Fiction',
          source: 'Original Screenplay',
          director: 'Roger Michell',
          distributor: 'Universal',
          releaseDate: '1999-05-28',
          mpaaRating: 'PG-13',
          runningTimeMin: 124,
          imdb: { rating: 6.9, votes: 69451 },
        },
      ],
      counts: {
        rows: 1,
        taken: 1,
        dropped: { noTitle: 0 },
        repaired: { numericTitle: 0, misreadTitle: 0, titleSpacing: 0, century: 0 },
      },
    });
  });

  it('drops a row without a title and counts it', () => {
    const { films, counts } = cleanFilms([row({ Title: null }), row()]);
    expect(films).toHaveLength(1);
    expect(counts).toMatchObject({ rows: 2, taken: 1, dropped: { noTitle: 1 } });
  });

  it('keeps unknown values as null', () => {
    const { films } = cleanFilms([row({ 'Major Genre': null, 'IMDB Votes': null })]);
    expect(films[0]).toMatchObject({ genre: null, imdb: { rating: 6.9, votes: null } });
  });

  it('converts a numeric title to text', () => {
    const { films, counts } = cleanFilms([row({ Title: 1776 })]);
    expect(films[0]?.title).toBe('1776');
    expect(counts.repaired.numericTitle).toBe(1);
  });

  it.each([
    ['AstÈrix aux Jeux Olympiques', 'Astérix aux Jeux Olympiques'],
    ['LÈon', 'Léon'],
    ['Die F‰lscher', 'Die Fälscher'],
    ['Per qualche dollaro in pi˘', 'Per qualche dollaro in più'],
    ['The Naked Gun 2Ω: The Smell of Fear', 'The Naked Gun 2½: The Smell of Fear'],
    ["I Love You Ö Don't Touch Me!", "I Love You … Don't Touch Me!"],
  ])('reads the misread title %j as %j', (written, title) => {
    const { films, counts } = cleanFilms([row({ Title: written })]);
    expect(films[0]?.title).toBe(title);
    expect(counts.repaired.misreadTitle).toBe(1);
  });

  it.each(['Alien³', 'Ri¢hie Ri¢h', 'Charge of the Light Brigade, The'])(
    'does not change the title %j',
    (title) => {
      const { films, counts } = cleanFilms([row({ Title: title })]);
      expect(films[0]?.title).toBe(title);
      expect(counts.repaired.misreadTitle).toBe(0);
    },
  );

  it('collapses repeated spaces', () => {
    const { films, counts } = cleanFilms([row({ Title: ' The Helix...  Loaded' })]);
    expect(films[0]?.title).toBe('The Helix... Loaded');
    expect(counts.repaired.titleSpacing).toBe(1);
  });

  it.each([
    ['Dec 15 2039', '1939-12-15', 1],
    ['Jan 01 2012', '1912-01-01', 1],
    ['Dec 31 2011', '2011-12-31', 0],
    ['Feb 08 1915', '1915-02-08', 0],
  ])('reads the date %j as %s', (written, date, repairs) => {
    const { films, counts } = cleanFilms([row({ 'Release Date': written })]);
    expect(films[0]?.releaseDate).toBe(date);
    expect(counts.repaired.century).toBe(repairs);
  });
});
