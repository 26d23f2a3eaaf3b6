import { describe, expect, it } from 'vitest';
import { productDetail, productList, productListQuery } from '@film-store/contracts';
import { createDirectExecutor, createDirectReads } from '../../test/direct-executor.ts';
import { describeOnEveryEngine } from '../../test/on-every-engine.ts';
import { openWithFilms } from '../../test/open-with-films.ts';
import { writeCursor } from './cursor.ts';
import { ProductsService } from './products.service.ts';

describeOnEveryEngine('products', (database) => {
  const db = openWithFilms(database);
  const products = new ProductsService(createDirectExecutor(db), createDirectReads(db));
  const list = (query: Record<string, unknown> = {}) => products.list(productListQuery(500).parse(query));
  const listIds = async (query: Record<string, unknown>) => (await list(query)).items.map(({ id }) => id);

  describe('a list', () => {
    it('starts with the most popular films', async () => {
      expect(await listIds({ limit: 3 })).toEqual([
        'the-shawshank-redemption-1994',
        'the-dark-knight-2008',
        'pulp-fiction-1994',
      ]);
    });

    it('matches the contract', async () => {
      const page = await list({ limit: 500 });
      expect(productList.parse(page)).toEqual(page);
    });

    it.each([500, 7])('returns each film once in pages of %i', async (limit) => {
      const ids: string[] = [];
      const votes: number[] = [];
      let cursor: string | null = null;
      do {
        const page = await list({ limit, ...(cursor !== null && { cursor }) });
        ids.push(...page.items.map(({ id }) => id));
        votes.push(...page.items.map(({ imdb }) => imdb.votes ?? -1));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(ids).toHaveLength(3200);
      expect(new Set(ids).size).toBe(3200);
      expect(votes).toEqual(votes.toSorted((a, b) => b - a));
    });

    it('has no next page when the last film fits exactly', async () => {
      const westerns = await list({ genre: 'western', limit: 36 });
      expect(westerns.items).toHaveLength(36);
      expect(westerns.nextCursor).toBeNull();
      expect((await list({ genre: 'western', limit: 35 })).nextCursor).not.toBeNull();
    });

    it('continues among equally popular films', async () => {
      const { items, nextCursor } = await list({ limit: 500, cursor: writeCursor([-1, 'a']) });
      expect(items).toHaveLength(208);
      expect(new Set(items.map(({ imdb }) => imdb.votes))).toEqual(new Set([null]));
      expect(nextCursor).toBeNull();
      const middle = items[100]!.id;
      const rest = await listIds({ limit: 500, cursor: writeCursor([-1, middle]) });
      expect(rest).toEqual(items.slice(101).map(({ id }) => id));
    });

    it('continues within a genre', async () => {
      const first = await list({ genre: 'Western', limit: 20 });
      const second = await list({ genre: 'Western', limit: 20, cursor: first.nextCursor });
      expect(second.items).toHaveLength(16);
      expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(36);
    });

    it('matches the whole genre in any case', async () => {
      expect(await listIds({ genre: 'tHRILLER/suspense', limit: 1 })).toEqual(['se7en-1995']);
      expect(await listIds({ genre: 'Thriller' })).toEqual([]);
      expect(await listIds({ genre: '%' })).toEqual([]);
    });

    it('rejects an invalid cursor', async () => {
      await expect(list({ cursor: 'garbage' })).rejects.toMatchObject({
        code: 'validation-failed',
        status: 400,
      });
    });
  });

  describe('a search', () => {
    it.each([
      ['gone wi', ['gone-with-the-wind-1939']],
      ['WIND gone', ['gone-with-the-wind-1939']],
      ['gone with the wind gone wi', ['gone-with-the-wind-1939']],
      ['gone with the wind gone with nothing', ['gone-with-the-wind-1939']],
      ['amelie', ['le-fabuleux-destin-d-amelie-poulain-2001']],
      ['Amélie', ['le-fabuleux-destin-d-amelie-poulain-2001']],
      ["schindler's", ['schindlers-list-1993']],
      ['naked gun 2', ['the-naked-gun-2-the-smell-of-fear-1991']],
      ['fincher alien', ['alien-1992']],
      ['20,000 leagues', ['20-000-leagues-under-the-sea-1916', '20-000-leagues-under-the-sea-1954']],
      ['ith wind', []],
      ['gon wind', []],
    ])('for %j finds %j', async (q, ids) => {
      expect((await listIds({ q })).toSorted()).toEqual(ids);
    });

    it('combines with a genre', async () => {
      expect(await listIds({ q: 'tarantino pulp', genre: 'drama' })).toEqual(['pulp-fiction-1994']);
      expect(await listIds({ q: 'tarantino pulp', genre: 'western' })).toEqual([]);
    });

    it.each(['!!!', '&', ':*', "'", '( | )', '\\'])('for %j, which has no word, finds nothing', async (q) => {
      expect(await list({ q })).toEqual({ items: [], nextCursor: null });
    });

    it.each([
      "gone' & !wind:*",
      'gone | nothing) & (wind',
      'gone:* <-> wind',
      "'; drop table films; --",
      'ʼªº½³ⅷ漢字ａ',
      '\\gone\\ :A',
    ])('treats %j as words', async (q) => {
      await expect(list({ q })).resolves.toMatchObject({ nextCursor: null });
      expect(await listIds({ q: 'gone wind' })).toEqual(['gone-with-the-wind-1939']);
    });
  });

  describe('one product', () => {
    it('is returned with its availability', async () => {
      const detail = await products.get('the-dark-knight-2008');
      expect(productDetail.parse(detail)).toEqual(detail);
      expect(detail).toMatchObject({
        product: {
          id: 'the-dark-knight-2008',
          title: 'The Dark Knight',
          director: 'Christopher Nolan',
          releaseDate: '2008-07-18',
          imdb: { rating: 8.9, votes: 465000 },
          price: { amount: 1399, currency: 'EUR' },
        },
        availability: { inStock: true, quantity: 134 },
      });
      expect(await products.availability('the-dark-knight-2008')).toEqual(detail.availability);
    });

    it('can be sold out', async () => {
      expect(await products.availability('fight-club-1999')).toMatchObject({ inStock: false, quantity: 0 });
    });

    it('is not found under an unknown id', async () => {
      await expect(products.get('nothing-1900')).rejects.toMatchObject({ code: 'not-found' });
      await expect(products.availability('nothing-1900')).rejects.toMatchObject({ code: 'not-found' });
    });
  });
});
