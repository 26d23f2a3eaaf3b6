import { sendCommand, startControl } from '../local/control.ts';
import { faultCommand } from '../local/fault-commands.ts';
import { LocalFaults } from '../local/faults.ts';
import { systemClock } from '../local/clock.ts';
import { startTcpProxy } from '../local/tcp-proxy.ts';

/*
 * `node links.ts` runs a proxy before Redis and before PostgreSQL, at their ports. `node links.ts LINK KIND …`, in the same
 * container, breaks a connection for some time, as `npm run demo -- fault` does.
 */
const targets = { redis: 6379, postgres: 5432 };
/** Names the socket for commands. A demo uses the port of its gateway as this name. */
const CONTROL = 0;

const words = process.argv.slice(2);
if (words.length > 0) process.stdout.write(await sendCommand(CONTROL, words.join(' ')));
else await runProxies();

async function runProxies(): Promise<void> {
  const links = await Promise.all(
    Object.entries(targets).map(async ([name, port]) => ({
      name,
      proxy: await startTcpProxy({ host: name, port }, systemClock, { host: '0.0.0.0', port }),
    })),
  );
  const faults = new LocalFaults(links);
  await startControl(CONTROL, async (line) => faultCommand(line.trim().split(/\s+/), faults));
  process.once('SIGTERM', () => process.exit(0));
}
