import type { Dashboard } from './dashboard.ts';

const chosen = 'service=~"$service", instance=~"$instance"';
const requests = 'http_server_request_duration_seconds';

/** How the processes are. */
export const services: Dashboard = {
  uid: 'film-store-services',
  title: 'Film store: services',
  variables: [
    { name: 'service', series: 'up{job="film-store"}' },
    { name: 'instance', series: 'up{job="film-store", service=~"$service"}' },
  ],
  panels: [
    {
      title: 'Requests',
      description: 'By route, health probes too.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (service, http_request_method, http_route) (rate(${requests}_count{${chosen}}[$__rate_interval]))`,
          legend: '{{service}} {{http_request_method}} {{http_route}}',
        },
      ],
    },
    {
      title: 'Server errors',
      description: 'Share of the requests that were answered with a 5xx.',
      unit: 'percentunit',
      queries: [
        {
          expr: `1 - sum by (service) (rate(${requests}_count{${chosen}, http_response_status_code!~"5.."}[$__rate_interval])) / sum by (service) (rate(${requests}_count{${chosen}}[$__rate_interval]))`,
          legend: '{{service}}',
        },
      ],
    },
    {
      title: 'Duration, p99',
      description: '99th percentile from the head of a request to the end of its answer, by route.',
      unit: 's',
      queries: [
        {
          expr: `histogram_quantile(0.99, sum by (service, http_route, le) (rate(${requests}_bucket{${chosen}}[$__rate_interval])))`,
          legend: '{{service}} {{http_route}}',
        },
      ],
    },
    {
      title: 'Event loop',
      description: 'How late timers run. 10 ms is the resolution, above 100 ms requests are shed.',
      unit: 's',
      queries: ['p50', 'p99'].map((percentile) => ({
        expr: `nodejs_eventloop_delay_${percentile}_seconds{${chosen}}`,
        legend: `{{service}} {{instance}}: ${percentile}`,
      })),
    },
    {
      title: 'Garbage collection',
      description: 'Share of the time in which everything stood still for it, by kind.',
      unit: 'percentunit',
      queries: [
        {
          expr: `sum by (service, instance, v8js_gc_type) (rate(v8js_gc_duration_seconds_sum{${chosen}}[$__rate_interval]))`,
          legend: '{{service}} {{instance}}: {{v8js_gc_type}}',
        },
      ],
    },
    {
      title: 'Pauses of the garbage collection, p99',
      description: '99th percentile of a pause.',
      unit: 's',
      queries: [
        {
          expr: `histogram_quantile(0.99, sum by (service, instance, le) (rate(v8js_gc_duration_seconds_bucket{${chosen}}[$__rate_interval])))`,
          legend: '{{service}} {{instance}}',
        },
      ],
    },
    {
      title: 'Memory',
      description:
        'What the process holds, and of it the objects on V8’s heap. A heap whose low points rise is a leak.',
      unit: 'bytes',
      queries: [
        { expr: `process_memory_usage_bytes{${chosen}}`, legend: '{{service}} {{instance}}: resident' },
        { expr: `v8js_memory_heap_used_bytes{${chosen}}`, legend: '{{service}} {{instance}}: heap' },
      ],
    },
    {
      title: 'Database connections',
      description: 'Catalog’s pool, used and idle, and callers that wait for one. PGlite has none.',
      unit: 'short',
      queries: [
        {
          expr: `sum by (instance, db_client_connection_state) (db_client_connection_count{${chosen}})`,
          legend: '{{instance}}: {{db_client_connection_state}}',
        },
        {
          expr: `sum by (instance) (db_client_connection_pending_requests{${chosen}})`,
          legend: '{{instance}}: waiting',
        },
      ],
    },
    {
      title: 'Lost spans',
      description:
        'Spans that the receiver of telemetry did not take, or that found no place in the queue before it.',
      unit: 'cps',
      queries: [
        {
          expr: `sum by (service, instance, outcome) (rate(telemetry_spans_total{${chosen}, outcome!="taken"}[$__rate_interval]))`,
          legend: '{{service}} {{instance}}: {{outcome}}',
        },
      ],
    },
    {
      title: 'Up',
      description: 'Whether Prometheus reads its metrics.',
      unit: 'short',
      type: 'state-timeline',
      names: ['down', 'up'],
      queries: [{ expr: `up{job="film-store", ${chosen}}`, legend: '{{service}} {{instance}}' }],
    },
  ],
};
