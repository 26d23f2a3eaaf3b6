import { expect, it } from 'vitest';
import { correctOtelEnv, otelVariables, readOtelEnv } from './otel-env.ts';

const BOOLEANS = { valid: { TRUE: 'true', False: 'false', ' true ': 'true' }, invalid: ['1', 'yes'] };
const LEVELS = { valid: { WARN: 'warn', all: 'all' }, invalid: ['loud'] };
const MILLISECONDS = {
  valid: { 1: '1', '60000': '60000', 2147483647: '2147483647' },
  invalid: ['0', '-1', '60s', '1.5', '1e3', 'NaN', 'Infinity', '2147483648'],
};
const COUNTS = { valid: { 1: '1', 4096: '4096' }, invalid: ['0', '-1', 'many'] };
const LIMITS = { valid: { 0: '0', 128: '128' }, invalid: ['-1', '12.5', 'none'] };
const ENDPOINTS = {
  valid: { 'http://127.0.0.1:4318': 'http://127.0.0.1:4318', 'HTTPS://x/a/': 'HTTPS://x/a/' },
  invalid: ['localhost:4318', 'collector', 'ftp://x', 'http://', 'http://[1'],
};
const PROTOCOLS = { valid: { GRPC: 'grpc', 'HTTP/json': 'http/json' }, invalid: ['http', 'grpcs'] };
const COMPRESSIONS = { valid: { GZIP: 'gzip', none: 'none' }, invalid: ['zstd'] };

/** By variable: valid values with their result, and invalid values. */
const table: Readonly<
  Record<string, { readonly valid: Readonly<Record<string, string>>; readonly invalid: readonly string[] }>
> = {
  OTEL_SDK_DISABLED: BOOLEANS,
  OTEL_SERVICE_NAME: { valid: { 'Film Store': 'Film Store' }, invalid: [] },
  OTEL_RESOURCE_ATTRIBUTES: {
    valid: { 'a=1,b=%2C%3D': 'a=1,b=%2C%3D', ' a = 1 ,, b= ': 'a = 1 ,, b=' },
    invalid: ['a', 'a=b=c', '=1', 'a=%', `a=${'x'.repeat(256)}`],
  },
  OTEL_LOG_LEVEL: LEVELS,
  OTEL_NODE_RESOURCE_DETECTORS: { valid: { 'Env, host': 'env,host' }, invalid: ['cloud'] },
  OTEL_PROPAGATORS: { valid: { 'TraceContext,baggage': 'tracecontext,baggage' }, invalid: ['jaeger'] },
  OTEL_TRACES_EXPORTER: {
    valid: { OTLP: 'otlp', 'otlp,console': 'otlp,console', None: 'none' },
    invalid: ['x'],
  },
  OTEL_TRACES_SAMPLER: { valid: { Always_On: 'always_on', traceidratio: 'traceidratio' }, invalid: ['half'] },
  OTEL_TRACES_SAMPLER_ARG: { valid: { 0: '0', '0.25': '0.25', 1: '1' }, invalid: ['-0.1', '1.1', 'half'] },
  OTEL_BSP_SCHEDULE_DELAY: MILLISECONDS,
  OTEL_BSP_EXPORT_TIMEOUT: MILLISECONDS,
  OTEL_BSP_MAX_QUEUE_SIZE: COUNTS,
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: COUNTS,
  OTEL_ATTRIBUTE_COUNT_LIMIT: LIMITS,
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: LIMITS,
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: LIMITS,
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: LIMITS,
  OTEL_SPAN_EVENT_COUNT_LIMIT: LIMITS,
  OTEL_SPAN_LINK_COUNT_LIMIT: LIMITS,
  OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: LIMITS,
  OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: LIMITS,
  OTEL_METRICS_EXPORTER: {
    valid: { 'otlp,console': 'otlp,console', ' OTLP , prometheus,': 'otlp,prometheus', none: 'none' },
    invalid: ['statsd'],
  },
  OTEL_METRIC_EXPORT_INTERVAL: MILLISECONDS,
  OTEL_METRIC_EXPORT_TIMEOUT: MILLISECONDS,
  OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINTS,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ENDPOINTS,
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: ENDPOINTS,
  OTEL_EXPORTER_OTLP_PROTOCOL: PROTOCOLS,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: PROTOCOLS,
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: PROTOCOLS,
  OTEL_EXPORTER_OTLP_TIMEOUT: MILLISECONDS,
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: MILLISECONDS,
  OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: MILLISECONDS,
  OTEL_EXPORTER_OTLP_COMPRESSION: COMPRESSIONS,
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: COMPRESSIONS,
  OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: COMPRESSIONS,
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: {
    valid: { Delta: 'delta', LOWMEMORY: 'lowmemory' },
    invalid: ['total'],
  },
};

it('the table of this test has every variable', () => {
  expect(Object.keys(table).toSorted()).toEqual(otelVariables.toSorted());
});

it.each(Object.entries(table))('%s: uses valid values, ignores and reports invalid ones', (name, each) => {
  for (const [given, value] of Object.entries(each.valid))
    expect(readOtelEnv({ [name]: given })).toEqual({ values: { [name]: value }, ignored: [] });
  for (const given of each.invalid)
    expect({ given, ...readOtelEnv({ [name]: given }) }).toMatchObject({
      given,
      values: {},
      ignored: [{ name }],
    });
});

it.each(otelVariables)('%s: treats an empty value as unset', (name) => {
  for (const given of ['', ' \t'])
    expect(readOtelEnv({ [name]: given })).toEqual({ values: {}, ignored: [] });
});

it('uses the known entries of a list, and reports the others', () => {
  expect(readOtelEnv({ OTEL_PROPAGATORS: 'baggage,xray' })).toMatchObject({
    values: { OTEL_PROPAGATORS: 'baggage' },
    ignored: [{ name: 'OTEL_PROPAGATORS' }],
  });
});

it('accepts an address without a scheme for gRPC', () => {
  const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'GRPC', OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' };
  expect(readOtelEnv(env).values.OTEL_EXPORTER_OTLP_ENDPOINT).toBe('collector:4317');
});

it('leaves only valid values to the SDK, and does not change other variables', () => {
  const env: NodeJS.ProcessEnv = {
    OTEL_TRACES_EXPORTER: 'OTLP',
    OTEL_BSP_SCHEDULE_DELAY: '5s',
    OTEL_SERVICE_NAME: '',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=secret',
    PORT: '3000',
  };
  correctOtelEnv(env, readOtelEnv(env).values);
  expect(env).toEqual({
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=secret',
    PORT: '3000',
  });
});
