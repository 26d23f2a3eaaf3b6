import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readContainer, readMemory } from '../../test/engines/container.ts';
import { describeWithEngine } from '../../test/engines/engine.ts';
import { sendSpans, toPageSpans, toTraceId } from '../../test/engines/spans.ts';
import { eventually } from '../../test/support/eventually.ts';
import { startProgram } from '../local/program.ts';
import { respondsOk, type Service, withReadiness } from '../local/readiness.ts';

/** An address of this machine whose ports nothing else uses. Jaeger listens on sixteen. */
const HOST = '127.0.0.77';
const API = `http://${HOST}:16686/api`;
const BATCH = 200;

const { command, environment, memoryMiB } = readContainer('jaeger');
const maxTraces = Number(/max_traces=(\d+)/.exec(command.join(' '))?.[1]);

describeWithEngine('Jaeger', ['jaeger'], (program) => {
  let jaeger: Service;
  beforeAll(async () => {
    const query = '--set=extensions.jaeger_query';
    const endpoints = [`${query}.http.endpoint=${HOST}:16686`, `${query}.grpc.endpoint=${HOST}:16685`];
    jaeger = withReadiness({
      name: program,
      process: startProgram({
        command: program,
        args: [...command, ...endpoints],
        cwd: tmpdir(),
        env: { ...process.env, ...environment, JAEGER_LISTEN_HOST: HOST },
      }),
      probe: () => respondsOk(`${API}/services`),
    });
    await jaeger.ready();
  });
  afterAll(() => jaeger.stop());

  const isKept = async (index: number): Promise<boolean> =>
    (await fetch(`${API}/traces/${toTraceId(index)}`)).ok;

  it('keeps the latest pages, as many as Compose says, in the memory of its container', async () => {
    const sent = 4 * maxTraces;
    let peakMiB = 0;
    for (let from = 0; from < sent; from += BATCH) {
      const pages = Array.from({ length: BATCH }, (_, index) => toPageSpans(toTraceId(from + index)));
      const response = await sendSpans(`http://${HOST}:4318/v1/traces`, pages.flat());
      expect(response.status).toBe(200);
      peakMiB = Math.max(peakMiB, await readMemory(`http://${HOST}:8888/metrics`));
    }
    await eventually(async () => expect(await isKept(sent - 1)).toBe(true));
    // Jaeger stores batches out of order, so the bounds keep a distance from the limit.
    expect(await isKept(sent - 1.5 * maxTraces)).toBe(false);
    expect(await isKept(sent - 0.5 * maxTraces)).toBe(true);
    console.log(`Jaeger used up to ${Math.round(peakMiB)} of ${memoryMiB} MiB`);
    expect(peakMiB).toBeLessThan(memoryMiB);
  });
});
