import { type Dashboard, JOB } from './dashboard.ts';

const service = `${JOB}, service=~"$service"`;
const chosen = `${service}, instance=~"$instance"`;
const requests = 'http_server_request_duration_seconds';

/** The state of the processes. */
export const services: Dashboard = {
  name: 'services',
  variables: [
    { name: 'service', series: `up{${JOB}}` },
    { name: 'instance', series: `up{${service}}` },
  ],
  panels: [
    {
      title: 'Requests',
      description: 'Requests by route, including health probes.',
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
      description: 'Fraction of the requests with a 5xx response.',
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
      description:
        '99th percentile of the time from the head of a request to the end of its response, by route.',
      unit: 's',
      queries: [
        {
          expr: `histogram_quantile(0.99, sum by (service, http_route, le) (rate(${requests}_bucket{${chosen}}[$__rate_interval])))`,
          legend: '{{service}} {{http_route}}',
        },
      ],
    },
    {
      title: 'Event loop delay',
      description: 'Lateness of timers. The resolution is 10 ms. Above 100 ms the service sheds requests.',
      unit: 's',
      queries: ['p50', 'p99'].map((percentile) => ({
        expr: `nodejs_eventloop_delay_${percentile}_seconds{${chosen}}`,
        legend: `{{service}} {{instance}}: ${percentile}`,
      })),
    },
    {
      title: 'Garbage collection',
      description: 'Fraction of the time in which the process was paused for garbage collection, by kind.',
      unit: 'percentunit',
      queries: [
        {
          expr: `sum by (service, instance, v8js_gc_type) (rate(v8js_gc_duration_seconds_sum{${chosen}}[$__rate_interval]))`,
          legend: '{{service}} {{instance}}: {{v8js_gc_type}}',
        },
      ],
    },
    {
      title: 'Garbage collection pauses, p99',
      description: '99th percentile of the duration of a pause.',
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
        'Resident memory of the process, and used V8 heap. If the minimum of the heap rises over time, there is a leak.',
      unit: 'bytes',
      queries: [
        { expr: `process_memory_usage_bytes{${chosen}}`, legend: '{{service}} {{instance}}: resident' },
        { expr: `v8js_memory_heap_used_bytes{${chosen}}`, legend: '{{service}} {{instance}}: heap' },
      ],
    },
    {
      title: 'Database connections',
      description:
        'Connections of the catalog, used and idle, and callers that wait for one. PGlite has no pool.',
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
        'Spans that the telemetry receiver did not accept (not-taken), or that did not fit into the queue before it (queue-full).',
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
      description: 'Whether the instance responds to Prometheus.',
      unit: 'short',
      type: 'state-timeline',
      names: ['down', 'up'],
      queries: [{ expr: `up{${chosen}}`, legend: '{{service}} {{instance}}' }],
    },
  ],
};
