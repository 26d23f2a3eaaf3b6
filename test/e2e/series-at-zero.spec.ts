import { afterAll, beforeAll, expect, it } from 'vitest';
import { rules } from '../../deploy/prometheus/rules.ts';
import { platform } from '../../platform.config.ts';
import { type Store, startStore } from './store.ts';

type Labels = Readonly<Record<string, string>>;
interface Series {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** The series that rules take a rate or an increase of, each once. */
const counters = [
  ...new Set(
    rules.flatMap(({ expr }) =>
      Array.from(expr.matchAll(/(?:rate|increase)\((?<counter>\w+(?:{[^}]*})?)\[/g), ({ groups }) =>
        String(groups?.['counter']),
      ),
    ),
  ),
];

const pairs = (labels: string): Labels =>
  Object.fromEntries(Array.from(labels.matchAll(/(\w+)="([^"]*)"/g), ([, name, value]) => [name, value]));

/** Adds the labels of the target, as Prometheus does. */
function parse(service: string, line: string): Series[] {
  const [, name, labels = '', value] = /^(\w+)(?:{(.*)})? (\S+)$/.exec(line) ?? [];
  if (name === undefined) return [];
  return [{ name, labels: { ...pairs(labels), job: platform.name, service }, value: Number(value) }];
}

const matchers: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  '=': (value, wanted) => value === wanted,
  '!=': (value, wanted) => value !== wanted,
  '=~': (value, wanted) => new RegExp(`^(?:${wanted})$`).test(value),
  '!~': (value, wanted) => !new RegExp(`^(?:${wanted})$`).test(value),
};

function select(selector: string, series: readonly Series[]): Series[] {
  const wanted = Array.from(selector.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g));
  return series.filter(
    ({ name, labels }) =>
      name === selector.replace(/{.*/, '') &&
      wanted.every(([, label = '', operator = '', value = '']) =>
        matchers[operator]?.(labels[label] ?? '', value),
      ),
  );
}

let store: Store;
let series: readonly Series[];

beforeAll(async () => {
  // No receiver takes the spans: the counter of lost spans exists only if spans are exported.
  store = await startStore({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_METRICS_EXPORTER: 'none',
  });
  const scrapes = Object.entries(store.ports).map(async ([service, port]) => {
    const text = await (await fetch(`http://localhost:${port}/metrics`)).text();
    return text.split('\n').flatMap((line) => parse(service, line));
  });
  series = (await Promise.all(scrapes)).flat();
});
afterAll(() => store?.close());

it.each(counters)('%s is at zero before the first request', (selector) => {
  expect(select(selector, series)).not.toEqual([]);
});

it.each([
  ['gateway', 'GET', '/api/home'],
  ['gateway', 'GET', '/api/products'],
  ['gateway', 'GET', '/api/products/:id'],
  ['gateway', 'POST', '/api/orders'],
  ['catalog', 'GET', '/products/:id'],
  ['catalog', 'POST', '/orders'],
  ['recommendations', 'GET', '/recommendations'],
])('every failure of %s, %s %s, is at zero before the first request', (service, method, route) => {
  const selector = `http_server_request_duration_seconds_count{service="${service}", http_request_method="${method}", http_route="${route}", http_response_status_code=~"5.."}`;
  const statuses = select(selector, series).map(({ labels, value }) => [
    labels['http_response_status_code'],
    value,
  ]);
  expect(Object.fromEntries(statuses)).toEqual({ 500: 0, 502: 0, 503: 0, 504: 0 });
});

it('orders are counted by every outcome that a rule distinguishes', () => {
  const orders = select('http_server_request_duration_seconds_count{http_route="/api/orders"}', series);
  const statuses = orders.map(({ labels }) => labels['http_response_status_code']);
  expect(statuses).toEqual(expect.arrayContaining(['201', '500', '502', '504']));
});
