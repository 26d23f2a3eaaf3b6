import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { getPage } from './client.ts';
import { startStore } from './store.ts';

it('a receiver that takes everything and answers nothing holds up neither answers nor the end', async () => {
  const sockets = new Set<Socket>();
  const blackHole = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
  }).listen(0, '127.0.0.1');
  await once(blackHole, 'listening');
  const { port } = blackHole.address() as AddressInfo;
  const store = await startStore({
    DATABASE_URL: '',
    REDIS_URL: '',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_METRIC_EXPORT_INTERVAL: '200',
    OTEL_BSP_SCHEDULE_DELAY: '200',
  });
  try {
    for (let i = 0; i < 50; i++) {
      const { body } = await getPage(store, 'the-dark-knight-2008');
      expect(body.degraded).toEqual([]);
    }
    expect(sockets.size).toBeGreaterThan(0);
    expect(await store.end('gateway', 'SIGTERM')).toEqual({ code: 0, signal: null });
  } finally {
    await store.close();
    for (const socket of sockets) socket.destroy();
    blackHole.close();
  }
});
