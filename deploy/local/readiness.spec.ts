import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Exit, RunningProcess } from './process.ts';
import { respondsOk, NotReadyError, withReadiness } from './readiness.ts';
import { VirtualClock } from '@film-store/core/testing';

function fakeProcess(exited: Promise<Exit> = new Promise(() => {})): RunningProcess {
  const lastLines = () => ['{"level":50,"msg":"no database"}', 'plain'];
  return { pid: 1, exited, kill: () => {}, stop: () => exited, lastLines };
}

describe('readiness', () => {
  const clock = new VirtualClock();

  it('comes with the first probe that resolves with true', async () => {
    const results = [false, false, true];
    let probes = 0;
    const probe = () => Promise.resolve(results[probes++] ?? false);
    const service = withReadiness({ name: 'x', process: fakeProcess(), probe, clock });
    const ready = service.ready();
    for (const expected of [1, 2]) {
      await expect.poll(() => clock.armed).toBe(1);
      expect(probes).toBe(expected);
      clock.advance(100);
    }
    await ready;
    await service.ready();
    expect(probes).toBe(3);
  });

  it('fails when the process exits, with its last lines', async () => {
    const process = fakeProcess(Promise.resolve({ code: 3, signal: null }));
    const ready = withReadiness({ name: 'x', process, probe: () => new Promise(() => {}), clock }).ready();
    await expect(ready).rejects.toThrow(NotReadyError);
    await expect(ready).rejects.toThrow(
      /^x ended \(exit code 3\) before it was ready\n {2}\| .*ERROR.* no database\n {2}\| plain$/,
    );
  });

  it('fails after sixty seconds', async () => {
    const slow = new VirtualClock();
    let probes = 0;
    const probe = () => {
      probes += 1;
      return Promise.resolve(false);
    };
    const ready = withReadiness({ name: 'x', process: fakeProcess(), probe, clock: slow }).ready();
    await expect.poll(() => slow.armed).toBe(1);
    slow.advance(59_999);
    await expect.poll(() => slow.armed).toBe(1);
    expect(probes).toBe(2);
    slow.advance(100);
    await expect(ready).rejects.toThrow('x was not ready within 60 s');
  });
});

describe('the HTTP probe', () => {
  it('is true for a 200 only', async () => {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/200' ? 200 : 503;
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await respondsOk(`${url}/200`)).toBe(true);
    expect(await respondsOk(`${url}/503`)).toBe(false);
    server.close();
    await once(server, 'close');
    expect(await respondsOk(`${url}/200`)).toBe(false);
  });
});
