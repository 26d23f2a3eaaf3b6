import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { headers } from '../../apps/gateway/src/api/headers.ts';
import { formatText } from '../../deploy/platform/format.ts';
import { indicatorMeanings, logEvents, spanEventMeanings } from '../docs/event-descriptions.ts';
import { optionTables, replaceOptions } from '../docs/option-tables.ts';
import { matchesEvent, referencePages } from '../docs/reference.ts';
import {
  findHeaders,
  findIndicators,
  findLogEvents,
  findMetrics,
  findSpanEvents,
} from '../docs/source-facts.ts';
import { metrics, poolMetrics, spanEvents } from '../e2e/telemetry/signals.ts';

it.each(optionTables)(
  'libs/%s/README.md lists the options of the library (write it with vitest --update)',
  async (library, table) => {
    const readme = `libs/${library}/README.md`;
    const expected = replaceOptions(await readFile(readme, 'utf8'), table);
    await expect(await formatText('.', readme, expected)).toMatchFileSnapshot(`../../${readme}`);
  },
);

it.each([...referencePages()])(
  'docs/reference/%s is generated from the sources (write it with vitest --update)',
  async (file, text) => {
    const page = `docs/reference/${file}`;
    await expect(await formatText('.', page, text)).toMatchFileSnapshot(`../../${page}`);
  },
);

/** Returns the names of sources that no description matches, and the descriptions that match no source. */
const compare = (found: readonly string[], described: readonly string[]) => ({
  undescribed: found.filter((pattern) => !described.some((name) => matchesEvent(pattern, name))),
  unknown: described.filter((name) => !found.some((pattern) => matchesEvent(pattern, name))),
});
const COMPLETE = { undescribed: [], unknown: [] };

describe('the reference describes every', () => {
  it('log event', () => {
    const found = findLogEvents().map(({ event }) => event);
    expect(found.length).toBeGreaterThan(20);
    expect(compare(found, Object.keys(logEvents))).toEqual(COMPLETE);
  });

  it('span event', () => {
    expect(compare(findSpanEvents(), Object.keys(spanEventMeanings))).toEqual(COMPLETE);
    expect(Object.keys(spanEventMeanings)).toEqual(Object.keys(spanEvents).toSorted());
  });

  it('metric', () => {
    const found = findMetrics();
    const known = [
      ...Object.keys(metrics),
      ...Object.keys(poolMetrics),
      // #region part: faults
      'faults.injected',
      // #endregion part: faults
    ];
    expect(found.map(({ name }) => name).toSorted()).toEqual(known.toSorted());
    expect(found.filter(({ description }) => description === '')).toEqual([]);
  });

  it('health indicator', () => {
    const found = findIndicators().map(({ name, owner }) => `${owner}/${name}`);
    expect(compare(found, Object.keys(indicatorMeanings))).toEqual(COMPLETE);
  });

  it('header', () => {
    const framing = ['accept', 'accept-encoding', 'content-length', 'transfer-encoding'];
    const known = new Set<string>([...headers.map(({ name }) => name.toLowerCase()), ...framing]);
    expect([...findHeaders()].filter((name) => !known.has(name))).toEqual([]);
  });

  it('problem', () => {
    expect(referencePages().get('problems.md')).not.toMatch(/\|\s*\|$/m);
  });
});
