import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { responses } from './idempotency/responses.ts';
import { catalogTrouble } from './idempotency/catalog-trouble.ts';
import { gatewayTrouble } from './idempotency/gateway-trouble.ts';
import { redisTrouble } from './idempotency/redis-trouble.ts';
import { requests } from './idempotency/requests.ts';
import { describeWithTwoGateways } from './order-fixture.ts';

/** The cases of `libs/idempotency/CASES.md` by number, across processes. All share one store. */
describeWithTwoGateways('idempotency', (fixture) => {
  requests(fixture);
  responses(fixture);
  catalogTrouble(fixture);
  redisTrouble(fixture);
  // Ends with the first gateway stopped.
  gatewayTrouble(fixture);

  it('40: logs, metrics, spans: never the raw key', async () => {
    const metrics = await Promise.all(
      [fixture.store.urls[1], fixture.store.catalogUrl].map(async (url) =>
        (await fetch(`${url}/metrics`)).text(),
      ),
    );
    const reported = await eventually(() => {
      const text = fixture.store.log.join('\n') + JSON.stringify(fixture.store.spans) + metrics.join('\n');
      for (const part of ['"event":"http.request"', '"name":"POST catalog"', 'idempotency_claims_total'])
        if (!text.includes(part)) throw new Error(`no record of ${part}`);
      return text;
    });
    expect(fixture.keys.length).toBeGreaterThan(200);
    expect(fixture.keys.filter((key) => reported.includes(key))).toEqual([]);
  });
});
