import { describe, expect, it } from 'vitest';
import { toFilmIds } from './film-ids.ts';

const toId = (title: string, releaseDate: string | null = '1999-05-21') =>
  toFilmIds([{ title, releaseDate }])[0];

describe('filmIds', () => {
  it.each([
    ['Notting Hill', 'notting-hill-1999'],
    ["Le Fabuleux destin d'Amélie Poulain", 'le-fabuleux-destin-d-amelie-poulain-1999'],
    ['Alien³', 'alien-1999'],
    ['Ri¢hie Ri¢h', 'ri-hie-ri-h-1999'],
    ['300', '300-1999'],
  ])('converts %j to %j', (title, id) => {
    expect(toId(title)).toBe(id);
  });

  it('appends no year to a title that ends in it', () => {
    expect(toId('King Kong (1933)', '1933-04-07')).toBe('king-kong-1933');
  });

  it('appends no year when the release date is unknown', () => {
    expect(toId('Notting Hill', null)).toBe('notting-hill');
  });

  it('numbers films with equal titles and years', () => {
    const film = { title: 'Notting Hill', releaseDate: '1999-05-21' };
    expect(toFilmIds([film, film, film])).toEqual([
      'notting-hill-1999',
      'notting-hill-1999-2',
      'notting-hill-1999-3',
    ]);
  });

  it('shortens a long title', () => {
    expect(toId('a'.repeat(200))).toBe(`${'a'.repeat(88)}-1999`);
    expect(toId(`${'a'.repeat(87)} b`)).toBe(`${'a'.repeat(87)}-1999`);
  });
});
