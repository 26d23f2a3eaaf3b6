import { expect } from 'vitest';
import { ADAPTERS } from '../running-application.ts';
import type { Library } from './library.ts';

export const telemetry: Library = {
  name: 'telemetry',
  adapters: ADAPTERS,
  preloaded: ['@film-store/telemetry/register'],
  check: async ({ get, lines }) => {
    expect(await get('/books/7')).toMatchObject({ status: 200 });
    expect(await get('/books/8')).toMatchObject({ status: 404 });
    const { headers, body } = await get('/metrics');
    expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const metrics = String(body).split('\n');
    const requests = (status: number) =>
      `http_server_request_duration_seconds_count{http_request_method="GET",http_route="/books/:id",http_response_status_code="${status}"} 1`;
    expect(metrics).toEqual(expect.arrayContaining([requests(200), requests(404)]));
    expect(metrics).toContain('books_lent_total{shelf="novels"} 1');
    expect(body).toContain('service_name="shop"');

    const logged = () => lines.map((line) => JSON.parse(line) as unknown);
    await expect.poll(logged).toContainEqual({
      level: 30,
      time: expect.any(String),
      service: 'shop',
      traceId: expect.stringMatching(/^[\da-f]{32}$/),
      spanId: expect.stringMatching(/^[\da-f]{16}$/),
      event: 'books.lent',
      msg: 'book 7 is lent',
    });
  },
};
