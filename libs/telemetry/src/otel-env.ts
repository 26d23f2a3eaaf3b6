import { parseCommaList } from '@film-store/core';

interface Kind {
  readonly expected: string;
  /** @param value one entry of a list, or the whole value */
  readonly isValid: (value: string, env: NodeJS.ProcessEnv) => boolean;
  /** Invalid entries are dropped from a list, and the others are used. */
  readonly isList?: true;
  readonly ignoresCase?: true;
}

/** Timers of Node with a longer delay fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const text: Kind = { expected: 'any text', isValid: () => true };

const oneOf = (...known: readonly string[]): Kind => ({
  expected: `one of ${known.join(', ')}`,
  isValid: (value) => known.includes(value),
  ignoresCase: true,
});
const boolean = oneOf('true', 'false');
const listOf = (...known: readonly string[]): Kind => ({
  ...oneOf(...known),
  expected: `a list of ${known.join(', ')}`,
  isList: true,
});

const splitList = (list: string): string[] => parseCommaList(list).filter((entry) => entry !== '');

const integer = (min: number, max: number): Kind => ({
  expected: `an integer from ${min} to ${max}`,
  isValid: (value) => /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max,
});
const milliseconds = integer(1, MAX_TIMER_MS);
const count = integer(1, Number.MAX_SAFE_INTEGER);
const limit = integer(0, Number.MAX_SAFE_INTEGER);

const ratio: Kind = {
  expected: 'a number from 0 to 1',
  isValid: (value) => Number(value) >= 0 && Number(value) <= 1,
};

/** A gRPC client also accepts an address without a scheme. */
const endpoint: Kind = {
  expected: 'a URL that begins with http:// or https://',
  isValid: (value, env) => (/^https?:\/\//i.test(value) && URL.canParse(value)) || usesGrpc(env),
};
const usesGrpc = (env: NodeJS.ProcessEnv): boolean =>
  [
    env.OTEL_EXPORTER_OTLP_PROTOCOL,
    env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL,
    env.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL,
  ].some((protocol) => protocol?.trim().toLowerCase() === 'grpc');

/** One invalid entry makes the whole value invalid, as the specification requires. */
const attributes: Kind = {
  expected: 'a list of key=value, percent-encoded, of at most 255 characters each',
  isValid: (value) => splitList(value).every(isAttribute),
};

function isAttribute(entry: string): boolean {
  const parts = entry.split('=');
  try {
    return (
      parts.length === 2 &&
      parts[0]?.trim() !== '' &&
      parts.every((part) => decodeURIComponent(part.trim()).length <= 255)
    );
  } catch {
    return false;
  }
}

const protocol = oneOf('grpc', 'http/protobuf', 'http/json');
const compression = oneOf('gzip', 'none');

/** The `OTEL_*` variables that this library or the SDK reads. The exporters read their headers and certificates. */
const kinds = {
  OTEL_SDK_DISABLED: boolean,
  OTEL_SERVICE_NAME: text,
  OTEL_RESOURCE_ATTRIBUTES: attributes,
  OTEL_LOG_LEVEL: oneOf('none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'),
  OTEL_NODE_RESOURCE_DETECTORS: listOf('all', 'none', 'env', 'host', 'os', 'process', 'serviceinstance'),
  OTEL_PROPAGATORS: listOf('tracecontext', 'baggage', 'b3', 'b3multi', 'none'),
  OTEL_TRACES_EXPORTER: listOf('otlp', 'console', 'zipkin', 'none'),
  OTEL_TRACES_SAMPLER: oneOf(
    'always_on',
    'always_off',
    'traceidratio',
    'parentbased_always_on',
    'parentbased_always_off',
    'parentbased_traceidratio',
  ),
  OTEL_TRACES_SAMPLER_ARG: ratio,
  OTEL_BSP_SCHEDULE_DELAY: milliseconds,
  OTEL_BSP_EXPORT_TIMEOUT: milliseconds,
  OTEL_BSP_MAX_QUEUE_SIZE: count,
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: count,
  OTEL_ATTRIBUTE_COUNT_LIMIT: limit,
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: limit,
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: limit,
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: limit,
  OTEL_SPAN_EVENT_COUNT_LIMIT: limit,
  OTEL_SPAN_LINK_COUNT_LIMIT: limit,
  OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: limit,
  OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: limit,
  OTEL_METRICS_EXPORTER: listOf('otlp', 'console', 'prometheus', 'none'),
  OTEL_METRIC_EXPORT_INTERVAL: milliseconds,
  OTEL_METRIC_EXPORT_TIMEOUT: milliseconds,
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_TIMEOUT: milliseconds,
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: milliseconds,
  OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: milliseconds,
  OTEL_EXPORTER_OTLP_COMPRESSION: compression,
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: compression,
  OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: compression,
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: oneOf('cumulative', 'delta', 'lowmemory'),
} as const satisfies Readonly<Record<string, Kind>>;

type OtelVariable = keyof typeof kinds;
export const otelVariables = Object.keys(kinds) as readonly OtelVariable[];

/** The valid values. A variable that is unset, empty or invalid is absent. */
export type OtelEnv = Readonly<Partial<Record<OtelVariable, string>>>;

/**
 * Reads the `OTEL_*` variables as the OpenTelemetry specification says. An empty value counts as unset, names and
 * booleans ignore case, and an invalid value is reported and ignored, so that the default applies. The SDK alone
 * respects case, and reports few of the values that it ignores.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/common/
 */
export function readOtelEnv(env: NodeJS.ProcessEnv) {
  const values: Partial<Record<OtelVariable, string>> = {};
  // Without the values, which may be secrets.
  const ignored: { readonly name: OtelVariable; readonly expected: string }[] = [];
  for (const name of otelVariables) {
    const given = env[name]?.trim();
    if (!given) continue;
    const { expected, isValid, isList, ignoresCase }: Kind = kinds[name];
    const value = ignoresCase ? given.toLowerCase() : given;
    const entries = isList ? splitList(value) : [value];
    const valid = entries.filter((entry) => isValid(entry, env));
    if (valid.length > 0) values[name] = valid.join();
    if (valid.length < entries.length) ignored.push({ name, expected });
  }
  return { values, ignored };
}

/** Replaces the variables in `env` by the valid values, because the SDK reads the environment itself. */
export function correctOtelEnv(env: NodeJS.ProcessEnv, values: OtelEnv): void {
  for (const name of otelVariables) {
    if (values[name] === undefined) delete env[name];
    else env[name] = values[name];
  }
}
