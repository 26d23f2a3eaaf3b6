import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { answers } from './idempotency/responses.ts';
import { catalogTrouble } from './idempotency/catalog-trouble.ts';
import { gatewayTrouble } from './idempotency/gateway-trouble.ts';
import { redisTrouble } from './idempotency/redis-trouble.ts';
import { requests } from './idempotency/requests.ts';
import { describeWithTwoGateways } from './order-fixture.ts';

/** The cases of `libs/idempotency/CASES.md` by their numbers, over processes; all share those. */
describeWithTwoGateways('idempotency', (desk) => {
  requests(desk);
  answers(desk);
  catalogTrouble(desk);
  redisTrouble(desk);
  // It ends with the first gateway gone.
  gatewayTrouble(desk);

  it('40: logs, metrics, spans: never the raw key', async () => {
    const metrics = await Promise.all(
      [desk.store.urls[1], desk.store.catalogUrl].map(async (url) => (await fetch(`${url}/metrics`)).text()),
    );
    const told = await eventually(() => {
      const text = desk.store.log.join('\n') + JSON.stringify(desk.store.spans) + metrics.join('\n');
      for (const part of ['"event":"http.request"', '"name":"POST catalog"', 'idempotency_claims_total'])
        if (!text.includes(part)) throw new Error(`nothing was told of ${part}`);
      return text;
    });
    expect(desk.keys.length).toBeGreaterThan(200);
    expect(desk.keys.filter((key) => told.includes(key))).toEqual([]);
  });
});
