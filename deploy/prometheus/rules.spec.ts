import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { complaintsOfPromtool, describeWithPrometheus } from '../../test/support/prometheus.ts';
import { type RuleCase, ruleCases } from './rule-cases.ts';
import { alertNames, findNeededGroups } from './rules.ts';

describeWithPrometheus('rules of Prometheus', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'film-store-rules-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('pass the check of promtool, with the configuration', async () => {
    expect(await complaintsOfPromtool('check', 'config', 'deploy/prometheus/prometheus.yml')).toBe('');
  });

  const complaints = async (ruleCase: RuleCase): Promise<string> => {
    const [file, rules] = [join(directory, 'test.yml'), join(directory, 'rules.yml')];
    await writeFile(rules, stringify({ groups: findNeededGroups(ruleCase.alert) }));
    await writeFile(file, stringify({ ...toUnitTest(ruleCase), rule_files: [rules] }));
    return complaintsOfPromtool('test', 'rules', file);
  };

  describe.each(alertNames)('%s', (name) => {
    const cases = ruleCases.filter(({ alert }) => alert === name);

    it.each(cases.filter(({ fires }) => fires))('fires when $when', async (ruleCase) => {
      expect(await complaints(ruleCase)).toBe('');
    });
    it.each(cases.filter(({ fires }) => !fires))('is silent when $when', async (ruleCase) => {
      expect(await complaints(ruleCase)).toBe('');
    });
    it('has a case that fires and one that is silent', () => {
      expect(cases.some(({ fires }) => fires) && cases.some(({ fires }) => !fires)).toBe(true);
    });
  });
});

/** Converts a case to the input of `promtool test rules`. */
const toUnitTest = ({ alert, series, at, every, labels, fires }: RuleCase) => ({
  evaluation_interval: every,
  tests: [
    {
      interval: '1m',
      input_series: Object.entries(series).map(([series, values]) => ({ series, values })),
      promql_expr_test: [
        {
          // Selects one of two severities of an alert.
          expr: `ALERTS{alertname="${alert}", alertstate="firing", severity="${labels['severity']}"}`,
          eval_time: at,
          exp_samples: fires
            ? [{ labels: metric({ alertname: alert, alertstate: 'firing', ...labels }), value: 1 }]
            : [],
        },
      ],
    },
  ],
});

const metric = (labels: Readonly<Record<string, string>>): string =>
  `ALERTS{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}}`;
