import { sendCommand, startControl } from '../local/control.ts';
import { faultCommand } from '../local/fault-commands.ts';
import { LocalFaults } from '../local/faults.ts';
import { systemClock } from '../local/clock.ts';
import { startTcpProxy } from '../local/tcp-proxy.ts';

/*
 * `node links.ts` stands between the services and what they keep their data in, under the ports of that;
 * `node links.ts LINK KIND …`, in the same container, breaks a connection for a while, as `npm run demo -- fault` does.
 */
const targets = { redis: 6379, postgres: 5432 };
/** Names the socket that commands come by: the control is that of a demo with its gateway there. */
const CONTROL = 0;

const words = process.argv.slice(2);
if (words.length > 0) process.stdout.write(await sendCommand(CONTROL, words.join(' ')));
else await stand();

async function stand(): Promise<void> {
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
