import { Redis } from 'ioredis';
import { freePorts } from '../../../deploy/local/ports.ts';
import { chooseRedis, startRedis } from '../../../deploy/local/redis.ts';

const found = chooseRedis({ PATH: process.env.PATH });

/** Shows if the `PATH` has a Redis that specs can start for themselves. */
export const hasOwnRedis = found.kind === 'own';

/** Starts a Redis that other specs do not share. `direct` is a client of it without policies. */
export async function startOwnRedis() {
  const [port = 0] = await freePorts(1);
  const server = startRedis({ executable: found.kind === 'own' ? found.executable : '', port });
  await server.ready();
  const direct = new Redis(port);
  return {
    direct,
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      direct.disconnect();
      await server.stop();
    },
  };
}
