import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Query } from '../../deploy/grafana/dashboard.ts';
import { toDashboards } from '../../deploy/grafana/dashboards.ts';
import { alertNames, rules } from '../../deploy/prometheus/rules.ts';
import { runbookQueries } from '../../deploy/runbooks/queries.ts';
import { platform } from '../../platform.config.ts';
import { eventually } from '../support/eventually.ts';
import { type Alert, type Sample, describeWithPrometheus } from '../support/prometheus.ts';
import { type WatchedStore, startWatchedStore } from './watched-store.ts';

/** Variables of the dashboards, as Grafana fills them in, with every value selected. */
const filledIn = (expr: string): string =>
  expr.replaceAll('$__rate_interval', '5s').replaceAll(/\$\w+/g, '.*');

const queries = toDashboards(platform).flatMap(({ panels }) => panels.flatMap((panel) => panel.queries));

/** Queries without data on this machine, by a word of the query, with the reason. */
const unseen: Readonly<Record<string, string>> = process.env['TEST_DATABASE_URL']
  ? {}
  : { db_client_connection: 'PGlite has no pool' };
const canBeSeen = ({ expr }: Query): boolean => !Object.keys(unseen).some((word) => expr.includes(word));

const objectives = rules.flatMap(({ record, labels }) => (record === 'slo:budget' && labels ? [labels] : []));

const expected = ['TargetDown', 'BreakerOpen', 'DegradationBudgetBurn'];

describeWithPrometheus('Prometheus scrapes the store, which loses the catalog for a while', () => {
  let watched: WatchedStore;
  let fired: readonly Alert[];
  /** Data of the dashboards during the failure, by expression. */
  const shown = new Map<string, readonly Sample[]>();
  const notShown = (): Query[] => queries.filter((query) => !shown.has(query.expr) && canBeSeen(query));

  const look = async (): Promise<void> => {
    for (const { expr } of notShown()) {
      const samples = await watched.prometheus.query(filledIn(expr));
      if (samples.length > 0) shown.set(expr, samples);
    }
  };

  beforeAll(async () => {
    watched = await startWatchedStore();
    const { store, prometheus } = watched;
    await eventually(async () => {
      await look();
      if ((await prometheus.query(`sum(up) == ${Object.keys(store.ports).length}`)).length === 0)
        throw new Error('not all are scraped');
    });
    await store.end('catalog', 'SIGTERM');
    fired = await eventually(async () => {
      const firing = (await prometheus.alerts()).filter(({ state }) => state === 'firing');
      const missing = expected.filter((name) => !firing.some(({ labels }) => labels['alertname'] === name));
      if (missing.length > 0) throw new Error(`not firing: ${missing.join(', ')}`);
      return firing;
    }, 40_000);
    await look();
    await store.start('catalog');
    await eventually(async () => {
      await look();
      if (notShown().length > 0) throw new Error(`no data: ${notShown()[0]?.expr}`);
    });
  }, 120_000);
  afterAll(() => watched?.stop());

  it('reports the service that is down, the open breaker, and degraded responses', () => {
    const reported = fired.map(({ annotations }) => annotations['summary']);
    expect(reported).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^catalog at localhost:\d+ does not respond to Prometheus$/),
        'The breaker of catalog in gateway does not close',
        expect.stringMatching(
          /^Too many responses are degraded; the error budget burns \d+\.\d times too fast$/,
        ),
      ]),
    );
  });

  it('every query of the dashboards returns data, with the labels in its legend', () => {
    const nameless = queries.filter(({ expr, legend }) => {
      const named = [...legend.matchAll(/{{(?<label>\w+)}}/g)].map(({ groups }) => groups?.['label'] ?? '');
      return shown.get(expr)?.some(({ metric }) => named.some((label) => !(label in metric)));
    });
    expect(nameless).toEqual([]);
    expect(notShown()).toEqual([]);
  });

  it('evaluates all rules, and the queries of the runbooks, without an error', async () => {
    expect(await watched.prometheus.ruleErrors()).toEqual([]);
    for (const { expr } of rules) await watched.prometheus.query(expr);
    for (const { expr } of runbookQueries) await watched.prometheus.query(expr);
    expect(runbookQueries.length).toBeGreaterThan(alertNames.length / 2);
  });

  it.each(objectives)('computes the burn rate of the budget $slo $service', async ({ slo, service = '' }) => {
    const burnRate = `slo:burn_rate:3d{slo="${slo}", service="${service}"}`;
    // An added service may have no requests here: its burn rate is not a number.
    const expression = service ? burnRate : `${burnRate} >= 0`;
    expect(await watched.prometheus.query(expression)).toHaveLength(1);
  });
});
