import { expect, it } from 'vitest';
import { correctOtelEnv, otelVariables, readOtelEnv } from './otel-env.ts';

const BOOLEANS = { right: { TRUE: 'true', False: 'false', ' true ': 'true' }, wrong: ['1', 'yes'] };
const LEVELS = { right: { WARN: 'warn', all: 'all' }, wrong: ['loud'] };
const MILLISECONDS = {
  right: { 1: '1', '60000': '60000', 2147483647: '2147483647' },
  wrong: ['0', '-1', '60s', '1.5', '1e3', 'NaN', 'Infinity', '2147483648'],
};
const COUNTS = { right: { 1: '1', 4096: '4096' }, wrong: ['0', '-1', 'many'] };
const LIMITS = { right: { 0: '0', 128: '128' }, wrong: ['-1', '12.5', 'none'] };
const ENDPOINTS = {
  right: { 'http://127.0.0.1:4318': 'http://127.0.0.1:4318', 'HTTPS://x/a/': 'HTTPS://x/a/' },
  wrong: ['localhost:4318', 'collector', 'ftp://x', 'http://', 'http://[1'],
};
const PROTOCOLS = { right: { GRPC: 'grpc', 'HTTP/json': 'http/json' }, wrong: ['http', 'grpcs'] };
const COMPRESSIONS = { right: { GZIP: 'gzip', none: 'none' }, wrong: ['zstd'] };

/** By variable: what a right value becomes, and wrong values. */
const table: Readonly<
  Record<string, { readonly right: Readonly<Record<string, string>>; readonly wrong: readonly string[] }>
> = {
  OTEL_SDK_DISABLED: BOOLEANS,
  OTEL_SERVICE_NAME: { right: { 'Film Store': 'Film Store' }, wrong: [] },
  OTEL_RESOURCE_ATTRIBUTES: {
    right: { 'a=1,b=%2C%3D': 'a=1,b=%2C%3D', ' a = 1 ,, b= ': 'a = 1 ,, b=' },
    wrong: ['a', 'a=b=c', '=1', 'a=%', `a=${'x'.repeat(256)}`],
  },
  OTEL_LOG_LEVEL: LEVELS,
  OTEL_NODE_RESOURCE_DETECTORS: { right: { 'Env, host': 'env,host' }, wrong: ['cloud'] },
  OTEL_PROPAGATORS: { right: { 'TraceContext,baggage': 'tracecontext,baggage' }, wrong: ['jaeger'] },
  OTEL_TRACES_EXPORTER: {
    right: { OTLP: 'otlp', 'otlp,console': 'otlp,console', None: 'none' },
    wrong: ['x'],
  },
  OTEL_TRACES_SAMPLER: { right: { Always_On: 'always_on', traceidratio: 'traceidratio' }, wrong: ['half'] },
  OTEL_TRACES_SAMPLER_ARG: { right: { 0: '0', '0.25': '0.25', 1: '1' }, wrong: ['-0.1', '1.1', 'half'] },
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
    right: { 'otlp,console': 'otlp,console', ' OTLP , prometheus,': 'otlp,prometheus', none: 'none' },
    wrong: ['statsd'],
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
    right: { Delta: 'delta', LOWMEMORY: 'lowmemory' },
    wrong: ['total'],
  },
};

it('the table has every variable that is read', () => {
  expect(Object.keys(table).toSorted()).toEqual(otelVariables.toSorted());
});

it.each(Object.entries(table))('%s: right values are kept, wrong ones ignored and reported', (name, each) => {
  for (const [given, value] of Object.entries(each.right))
    expect(readOtelEnv({ [name]: given })).toEqual({ values: { [name]: value }, ignored: [] });
  for (const given of each.wrong)
    expect({ given, ...readOtelEnv({ [name]: given }) }).toMatchObject({
      given,
      values: {},
      ignored: [{ name }],
    });
});

it.each(otelVariables)('%s: an empty value is an unset one', (name) => {
  for (const given of ['', ' \t'])
    expect(readOtelEnv({ [name]: given })).toEqual({ values: {}, ignored: [] });
});

it('keeps the entries of a list that are known, and reports it all the same', () => {
  expect(readOtelEnv({ OTEL_PROPAGATORS: 'baggage,xray' })).toMatchObject({
    values: { OTEL_PROPAGATORS: 'baggage' },
    ignored: [{ name: 'OTEL_PROPAGATORS' }],
  });
});

it('takes an address without a scheme where gRPC is spoken', () => {
  const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'GRPC', OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' };
  expect(readOtelEnv(env).values.OTEL_EXPORTER_OTLP_ENDPOINT).toBe('collector:4317');
});

it('leaves the SDK nothing but values that count, and everything else as it is', () => {
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
