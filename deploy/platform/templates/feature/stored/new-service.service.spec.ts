// #region call
import { once } from 'node:events';
// #endregion call
import { mkdtemp, rm } from 'node:fs/promises';
// #region call
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
// #endregion call
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// #region call
import { Problem } from '@film-store/problem';
// #endregion call
import { createService } from '@film-store/service';
import { newService } from './stored-service.ts';

/** A product of this run: the store may have entries of earlier ones. */
const PATH = `/new-service?productId=film-${Date.now()}`;
const first = { title: 'First', text: 'The first entry.' };
const second = { title: 'Second', text: 'The second entry.' };

describe('new service', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'new-service-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function run<T>(
    work: (url: string) => Promise<T>,
    // #region call
    /** By default nothing listens there, so called service does not respond. */
    calledServiceUrl = 'http://127.0.0.1:1',
    // #endregion call
  ): Promise<T> {
    const env = {
      PORT: '0',
      LOG_LEVEL: 'silent',
      DATA_DIR: folder,
      REDIS_URL: process.env.TEST_REDIS_URL,
      // #region call
      CALLED_SERVICE_URL: calledServiceUrl,
      UPSTREAM_CALLED_SERVICE_RETRY_ATTEMPTS: '1',
      // #endregion call
    };
    const service = await createService(newService, env);
    try {
      return await work(await service.start());
    } finally {
      await service.stop();
    }
  }
  const add = (url: string, entry: object): Promise<Response> =>
    fetch(url + PATH, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(entry),
    });

  it('returns the entries that were added, the latest first', async () => {
    await run(async (url) => {
      expect(await (await fetch(url + PATH)).json()).toEqual({ items: [] });
      expect((await add(url, first)).status).toBe(204);
      expect((await add(url, second)).status).toBe(204);
      expect(await (await fetch(url + PATH)).json()).toEqual({ items: [second, first] });
    });
  });

  it('rejects an entry without a title', async () => {
    await run(async (url) => expect((await add(url, { text: 'No title.' })).status).toBe(400));
  });

  it('reports its store as healthy', async () => {
    await run(async (url) => expect((await fetch(`${url}/health/deep`)).status).toBe(200));
  });

  // #region call
  it('rejects an entry about a product that called service does not know', async () => {
    const problem = JSON.stringify(new Problem('not-found').toBody('a-request'));
    const calledService = createServer((_request, response) => response.writeHead(404).end(problem));
    await once(calledService.listen(0, '127.0.0.1'), 'listening');
    const { port } = calledService.address() as AddressInfo;
    await run(async (url) => {
      await expect.poll(async () => (await add(url, first)).status).toBe(404);
    }, `http://127.0.0.1:${port}`);
    calledService.close();
  });
  // #endregion call
});
