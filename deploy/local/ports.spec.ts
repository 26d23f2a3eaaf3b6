import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { platform } from '../../platform.config.ts';
import { assertPortsFree, freePorts, freeServicePorts, readPorts } from './ports.ts';

describe('the ports', () => {
  it('are those of the manifest by default', () => {
    const { services } = platform;
    expect(readPorts({ GATEWAY_PORT: '' })).toMatchObject({ gateway: services.gateway.port });
    expect(readPorts({ CATALOG_PORT: '4001' })).toMatchObject({
      gateway: services.gateway.port,
      catalog: 4001,
    });
    expect(Object.keys(readPorts({})).toSorted()).toEqual(Object.keys(services).toSorted());
  });

  it.each(['0', '65536', '1.5', 'x', '-1', '1e3'])('cannot be %j', (value) => {
    expect(() => readPorts({ GATEWAY_PORT: value })).toThrow(`GATEWAY_PORT=${value} is not a port`);
  });

  it('must differ, and every error is reported', () => {
    expect(() => readPorts({ CATALOG_PORT: '1.5', GATEWAY_PORT: 'x' })).toThrow(
      'CATALOG_PORT=1.5 is not a port\nGATEWAY_PORT=x is not a port',
    );
    expect(() => readPorts({ CATALOG_PORT: '4001', GATEWAY_PORT: '4001' })).toThrow(
      'GATEWAY_PORT=4001 is also the port of catalog',
    );
  });
});

const servers: ReturnType<typeof createServer>[] = [];
const occupy = async (host: string, port = 0) => {
  const server = createServer().listen(port, host);
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};
afterEach(() => servers.splice(0).map((server) => server.close()));

describe('free ports', () => {
  it('are returned once, and are no ephemeral ports of the system', async () => {
    const ports = (await Promise.all([freePorts(20), freePorts(20), freePorts(20)])).flat();
    expect(new Set(ports).size).toBe(60);
    expect(Math.min(...ports)).toBeGreaterThan(10_080);
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  it('have no listener', async () => {
    const [port = 0] = await freePorts(1);
    await occupy('127.0.0.1', port + 1);
    expect(await freePorts(20)).not.toContain(port + 1);
  });
});

describe('the check of ports', () => {
  it('accepts free ports', async () => {
    await expect(assertPortsFree(await freeServicePorts())).resolves.toBeUndefined();
  });

  it('lists every port in use, on any address, and how to choose others', async () => {
    const gateway = await occupy('127.0.0.1');
    const catalog = await occupy('0.0.0.0');
    const check = assertPortsFree({ ...(await freeServicePorts()), gateway, catalog });
    await expect(check).rejects.toThrow(`port ${gateway} of gateway is in use`);
    await expect(check).rejects.toThrow(`port ${catalog} of catalog is in use`);
    await expect(check).rejects.toThrow(/^(?:port .* is in use by another program\n){2}Stop/);
    await expect(check).rejects.toThrow(/CATALOG_PORT=\d+ GATEWAY_PORT=\d+ npm run demo/);
  });
});
