import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import { firstValueFrom } from 'rxjs';
import { type Product, product } from '@film-store/contracts';
import { filmPage } from './films.schema.ts';

const PAGE_SIZE = 500;

export interface FilmPage {
  readonly films: Product[];
  /** Number of films that break the contract. */
  readonly rejected: number;
  /** Names the first rejected film and what is wrong with it. */
  readonly firstError: string | undefined;
  readonly nextCursor: string | undefined;
}

/** Reads films from catalog. Its `HttpService` applies the resilience policies of the upstream. */
@Injectable()
export class FilmsClient {
  constructor(private readonly http: HttpService) {}

  /**
   * Reads a page. Leaves out films that break the contract, so that one of them does not hide all others.
   * @param cursor `undefined` for the first page
   * @throws Problem of the upstream, ZodError for an invalid response, or the reason of `signal`
   */
  async readPage(cursor: string | undefined, signal: AbortSignal): Promise<FilmPage> {
    const { items, nextCursor } = filmPage.parse(await this.#get({ limit: PAGE_SIZE, cursor }, signal));
    const results = items.map((item) => product.safeParse(item));
    const first = results.findIndex(({ success }) => !success);
    return {
      films: results.flatMap(({ data }) => data ?? []),
      rejected: results.filter(({ success }) => !success).length,
      firstError: first === -1 ? undefined : describe(items[first], results[first]?.error),
      nextCursor: nextCursor ?? undefined,
    };
  }

  async #get(params: Record<string, unknown>, signal: AbortSignal): Promise<unknown> {
    try {
      const { data } = await firstValueFrom(this.http.get<unknown>('/products', { params, signal }));
      return data;
    } catch (error) {
      // The axios error contains the whole request, which must not reach the log. Its cause is the problem.
      throw error instanceof Error && error.cause !== undefined ? error.cause : error;
    }
  }
}

function describe(
  item: unknown,
  error: { issues: readonly { path: PropertyKey[]; message: string }[] } | undefined,
): string {
  const id =
    typeof item === 'object' && item !== null && 'id' in item ? String(item.id) : 'a film without an id';
  const [issue] = error?.issues ?? [];
  return `${id.slice(0, 100)}: ${issue?.path.join('.')}: ${issue?.message}`;
}
