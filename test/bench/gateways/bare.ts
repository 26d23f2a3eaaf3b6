/*
 * The minimum for a gateway that composes a page: its calls, parsed and merged, over undici's pools. No framework, no
 * validation, no logs, no traces, no timeouts.
 */
import { createServer } from 'node:http';
import { Pool } from 'undici';
import type { ProductDetail, Recommendations } from '@film-store/contracts';
import type { ProductPage } from './product-page.ts';

const catalog = new Pool(process.env['CATALOG_URL'] ?? '');
// #region part: recommendations
const recommendations = new Pool(process.env['RECOMMENDATIONS_URL'] ?? '');
// #endregion part: recommendations

async function get<T>(pool: Pool, path: string): Promise<T> {
  const { body } = await pool.request({ method: 'GET', path });
  return body.json() as Promise<T>;
}

async function page(id: string): Promise<ProductPage> {
  const detail = get<ProductDetail>(catalog, `/products/${id}`);
  // #region part: recommendations
  const recommended = get<Recommendations>(recommendations, `/recommendations?productId=${id}&limit=6`);
  await Promise.all([detail, recommended]);
  // #endregion part: recommendations
  const { product, availability } = await detail;
  return {
    product,
    availability: { ...availability, stale: false },
    // #region part: recommendations
    recommendations: { items: (await recommended).items, source: 'personalized', degraded: false },
    // #endregion part: recommendations
    degraded: [],
  };
}

createServer((request, response) => {
  const id = (request.url ?? '').slice('/api/products/'.length);
  const respond = async (): Promise<void> => {
    const body = JSON.stringify(await page(id));
    const length = Buffer.byteLength(body);
    const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': length };
    response.writeHead(200, headers).end(body);
  };
  respond().catch(() => response.writeHead(502).end());
}).listen(Number(process.env['PORT']), '127.0.0.1');
