import { degradable, type Ports, publicService } from './services.ts';

const addresses = [
  // #region part: control-room
  ['control room', '/'],
  // #endregion part: control-room
  ['store API', '/api/home'],
  ['documentation', '/docs'],
  ['health', '/health/deep'],
] as const;

const toUrl = (ports: Ports): string => `http://localhost:${ports[publicService.name]}`;

/** Returns the address that a person opens first. */
export const toStartUrl = (ports: Ports): string => `${toUrl(ports)}${addresses[0][1]}`;

/** Returns the address of a product page. */
export const toPageUrl = (ports: Ports): string => `${toUrl(ports)}/api/products/the-dark-knight-2008`;

/**
 * Returns the text that the demo prints when it is ready: addresses and things to try.
 * @param dispensable a service that pages can do without, or `null` if there is none
 */
export function createWelcome(ports: Ports, dispensable: string | null = degradable[0] ?? null): string {
  const url = toUrl(ports);
  const page = `curl -s ${toPageUrl(ports)}`;
  const experiments = [
    ['a product page', page],
    ...(dispensable === null ? [] : [createOutage(ports, dispensable, page)]),
    [
      'an order: send it twice, and it is placed once',
      `curl -s -X POST ${url}/api/orders -H 'Content-Type: application/json' -H 'Idempotency-Key: my-first-order-0001' \\`,
      ` -d '{"items":[{"productId":"the-dark-knight-2008","quantity":1}]}'`,
    ],
  ];
  return `
The film store runs.
${addresses.map(([name, path]) => `  ${name.padEnd(15)}${url}${path}`).join('\n')}
  logs           .data/logs/

Try in another terminal:
${experiments.map(toItem).join('\n')}

Commands: stop NAME, start NAME, kill NAME, pause NAME, fault LINK KIND, status, help. Ctrl-C or stop ends the demo.
`;
}

const toItem = ([title, ...lines]: string[], index: number): string =>
  [`  ${index + 1}. ${title}`, ...lines.map((line) => `       ${line}`)].join('\n');

function createOutage(ports: Ports, name: string, page: string): string[] {
  const { portVariable, defaultPort } = publicService;
  const port = ports[publicService.name];
  // The port of the public service selects the demo.
  const command = `${port === defaultPort ? '' : `${portVariable}=${port} `}npm run demo --`;
  return [
    `the same page without ${name}: it still loads, and "degraded" lists what it lacks`,
    `${command} stop ${name}`,
    page,
    `${command} start ${name}`,
  ];
}
