import type { Ports } from './services.ts';

/** What a person sees when all is up: where to look, and what to try. */
export function welcome(ports: Ports, recommendationsPid: number | undefined): string {
  const gateway = `http://localhost:${ports.gateway}`;
  // Demos on other ports are told apart by the gateway's.
  const command = `GATEWAY_PORT=${ports.gateway} npm run demo --`.replace('GATEWAY_PORT=3000 ', '');
  const product = `curl -s ${gateway}/api/products/the-dark-knight-2008`;
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
  2. the same without recommendations: it says what it lacks, and answers (or: kill -9 ${recommendationsPid}, which heals)
       ${command} stop recommendations
       ${product}
       ${command} start recommendations
  3. an order; send it twice, it is placed once
       curl -s -X POST ${gateway}/api/orders -H 'Content-Type: application/json' -H 'Idempotency-Key: my-first-order-0001' \\
         -d '{"items":[{"productId":"the-dark-knight-2008","quantity":1}]}'

Commands: stop NAME, start NAME, kill NAME, pause NAME, fault LINK KIND, status, help. Ctrl-C stops everything.
`;
}
