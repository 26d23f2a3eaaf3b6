import { afterAll, beforeAll, expect, it } from 'vitest';
import { readContainer, readMemory } from '../../test/engines/container.ts';
import { describeWithEngine } from '../../test/engines/engine.ts';
import { sendSpans, toPageSpans, toTraceId } from '../../test/engines/spans.ts';
import { eventually } from '../../test/support/eventually.ts';
import { type Collector, startCollector } from '../../test/engines/collector.ts';

const SENDERS = 8;
const BATCH = 200;
/** A flood goes on until so many batches are rejected. */
const REJECTED = 200;

const { memoryMiB } = readContainer('otel-collector');

describeWithEngine('the collector in a flood', ['otelcol-contrib', 'otelcol'], (program) => {
  let collector: Collector;
  beforeAll(async () => {
    collector = await startCollector(program);
    await collector.ready();
  });
  afterAll(() => collector.stop());

  it('rejects what does not fit into its container, and continues after it', async () => {
    let sent = 0;
    let rejected = 0;
    let peakMiB = 0;
    const send = async (): Promise<void> => {
      while (rejected < REJECTED) {
        const pages = Array.from({ length: BATCH }, () => toPageSpans(toTraceId(sent++)));
        const { status } = await sendSpans(collector.url, pages.flat());
        expect([200, 503]).toContain(status);
        if (status === 503) rejected += 1;
        peakMiB = Math.max(peakMiB, await readMemory(collector.metricsUrl));
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, send));
    console.log(`The collector used up to ${Math.round(peakMiB)} of ${memoryMiB} MiB`);
    expect(peakMiB).toBeLessThan(memoryMiB);
    await eventually(async () => {
      expect((await sendSpans(collector.url, toPageSpans(toTraceId(sent)))).status).toBe(200);
    });
  });
});
