import { describe, expect, it } from 'vitest';
import { toFilmIds } from './film-ids.ts';

const idOf = (title: string, releaseDate: string | null = '1999-05-21') =>
  toFilmIds([{ title, releaseDate }])[0];

describe('filmIds', () => {
  it.each([
    ['Notting Hill', 'notting-hill-1999'],
    ["Le Fabuleux destin d'Amélie Poulain", 'le-fabuleux-destin-d-amelie-poulain-1999'],
    ['Alien³', 'alien-1999'],
    ['Ri¢hie Ri¢h', 'ri-hie-ri-h-1999'],
    ['300', '300-1999'],
  ])('name %j as %j', (title, id) => {
    expect(idOf(title)).toBe(id);
  });

  it('say the year once when the title ends in it', () => {
    expect(idOf('King Kong (1933)', '1933-04-07')).toBe('king-kong-1933');
  });

  it('do without the year of a film whose date is unknown', () => {
    expect(idOf('Notting Hill', null)).toBe('notting-hill');
  });

  it('number the films that share a name', () => {
    const film = { title: 'Notting Hill', releaseDate: '1999-05-21' };
    expect(toFilmIds([film, film, film])).toEqual([
      'notting-hill-1999',
      'notting-hill-1999-2',
      'notting-hill-1999-3',
    ]);
  });

  it('cut a title that is too long', () => {
    expect(idOf('a'.repeat(200))).toBe(`${'a'.repeat(88)}-1999`);
    expect(idOf(`${'a'.repeat(87)} b`)).toBe(`${'a'.repeat(87)}-1999`);
  });
});
