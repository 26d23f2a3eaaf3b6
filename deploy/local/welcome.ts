import type { Ports } from './services.ts';

/** Returns the address of a product page. */
export const toPageUrl = ({ gateway }: Ports): string =>
  `http://localhost:${gateway}/api/products/the-dark-knight-2008`;

/** Returns the text that the demo prints when it is ready: addresses and things to try. */
export function createWelcome(ports: Ports): string {
  const gateway = `http://localhost:${ports.gateway}`;
  // The port of the gateway selects the demo.
  const command = `GATEWAY_PORT=${ports.gateway} npm run demo --`.replace('GATEWAY_PORT=3000 ', '');
  const product = `curl -s ${toPageUrl(ports)}`;
  return `
The film store runs.
  control room   ${gateway}/
  store API      ${gateway}/api/home
  documentation  ${gateway}/docs
  health         ${gateway}/health/deep
  logs           .data/logs/

Try in another terminal:
  1. a product page
       ${product}
  2. the same page without recommendations: it shows popular films, and "degraded" lists the feature
       ${command} stop recommendations
       ${product}
       ${command} start recommendations
  3. an order: send it twice, and it is placed once
       curl -s -X POST ${gateway}/api/orders -H 'Content-Type: application/json' -H 'Idempotency-Key: my-first-order-0001' \\
         -d '{"items":[{"productId":"the-dark-knight-2008","quantity":1}]}'

Commands: stop NAME, start NAME, kill NAME, pause NAME, fault LINK KIND, status, help. Ctrl-C or stop ends the demo.
`;
}
