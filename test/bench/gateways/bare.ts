/*
 * The minimum for a gateway that composes a page: two calls, parsed and merged, over undici's pools. No framework, no
 * validation, no logs, no traces, no timeouts.
 */
import { createServer } from 'node:http';
import { Pool } from 'undici';
import type { ProductDetail, Recommendations } from '@film-store/contracts';
import type { ProductPage } from './product-page.ts';

const catalog = new Pool(process.env['CATALOG_URL'] ?? '');
const recommendations = new Pool(process.env['RECOMMENDATIONS_URL'] ?? '');

async function get(pool: Pool, path: string): Promise<unknown> {
  const { body } = await pool.request({ method: 'GET', path });
  return body.json();
}

async function page(id: string): Promise<ProductPage> {
  const [detail, recommended] = await Promise.all([
    get(catalog, `/products/${id}`) as Promise<ProductDetail>,
    get(recommendations, `/recommendations?productId=${id}&limit=6`) as Promise<Recommendations>,
  ]);
  return {
    product: detail.product,
    availability: { ...detail.availability, stale: false },
    recommendations: { items: recommended.items, source: 'personalized', degraded: false },
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
