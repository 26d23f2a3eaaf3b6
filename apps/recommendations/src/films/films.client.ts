import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import { firstValueFrom } from 'rxjs';
import { type Product, type ProductList, productList } from '@film-store/contracts';

const PAGE_SIZE = 500;

/** Reads films from catalog. Its `HttpService` applies the resilience policies of the upstream. */
@Injectable()
export class FilmsClient {
  constructor(private readonly http: HttpService) {}

  /**
   * Reads all films, page by page.
   * @throws Problem of the upstream, ZodError for an invalid response, or the reason of `signal`
   */
  async readAll(signal: AbortSignal): Promise<Product[]> {
    const films: Product[] = [];
    let cursor: string | undefined;
    do {
      signal.throwIfAborted();
      const page = await this.#readPage(cursor, signal);
      films.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return films;
  }

  async #readPage(cursor: string | undefined, signal: AbortSignal): Promise<ProductList> {
    const params = { limit: PAGE_SIZE, cursor };
    try {
      const { data } = await firstValueFrom(this.http.get<unknown>('/products', { params, signal }));
      return productList.parse(data);
    } catch (error) {
      // The axios error contains the whole request, which must not reach the log. Its cause is the problem.
      throw error instanceof Error && error.cause !== undefined ? error.cause : error;
    }
  }
}
