/** What is left of a value, and whether any of it was wrong. */
interface Corrected {
  readonly value: string | undefined;
  readonly wrong: boolean;
}

interface Kind {
  readonly expected: string;
  /** @param value neither empty nor padded */
  readonly correct: (value: string, env: NodeJS.ProcessEnv) => Corrected;
}

/** Beyond it Node's timers fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const keepIf = (right: boolean, value: string): Corrected =>
  right ? { value, wrong: false } : { value: undefined, wrong: true };

const text: Kind = { expected: 'any text', correct: (value) => keepIf(true, value) };

const oneOf = (...known: readonly string[]): Kind => ({
  expected: `one of ${known.join(', ')}`,
  correct: (value) => keepIf(known.includes(value.toLowerCase()), value.toLowerCase()),
});
const boolean = oneOf('true', 'false');

/** Entries that are not known are dropped. */
const listOf = (...known: readonly string[]): Kind => ({
  expected: `a list of ${known.join(', ')}`,
  correct(value) {
    const entries = entriesOf(value.toLowerCase());
    const kept = entries.filter((entry) => known.includes(entry));
    return { value: kept.join() || undefined, wrong: kept.length < entries.length };
  },
});
const entriesOf = (list: string): string[] =>
  list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

const integer = (min: number, max: number): Kind => ({
  expected: `an integer from ${min} to ${max}`,
  correct: (value) => keepIf(/^\d+$/.test(value) && Number(value) >= min && Number(value) <= max, value),
});
const milliseconds = integer(1, MAX_TIMER_MS);
const count = integer(1, Number.MAX_SAFE_INTEGER);
const limit = integer(0, Number.MAX_SAFE_INTEGER);

const ratio: Kind = {
  expected: 'a number from 0 to 1',
  correct: (value) => keepIf(Number(value) >= 0 && Number(value) <= 1, value),
};

/** A gRPC client also takes an address without a scheme. */
const endpoint: Kind = {
  expected: 'a URL that begins with http:// or https://',
  correct: (value, env) =>
    keepIf((/^https?:\/\//i.test(value) && URL.canParse(value)) || speaksGrpc(env), value),
};
const speaksGrpc = (env: NodeJS.ProcessEnv): boolean =>
  [
    env.OTEL_EXPORTER_OTLP_PROTOCOL,
    env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL,
    env.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL,
  ].some((protocol) => protocol?.trim().toLowerCase() === 'grpc');

/** One entry that the SDK cannot read costs all of them, as the specification says. */
const attributes: Kind = {
  expected: 'a list of key=value, percent-encoded, of at most 255 characters each',
  correct: (value) => keepIf(entriesOf(value).every(isAttribute), value),
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

/** The `OTEL_*` variables that the product or its SDK reads. Headers and certificates are the exporters' own. */
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

/** The values that count; a variable that is unset, empty or wrong is absent. */
export type OtelEnv = Readonly<Partial<Record<OtelVariable, string>>>;

/** A variable whose value is wrong, or a part of it. The value is left out, for it may hold a secret. */
export interface IgnoredVariable {
  readonly name: OtelVariable;
  readonly expected: string;
}

/**
 * Reads the `OTEL_*` variables as the OpenTelemetry specification says: an empty value is an unset one, names and
 * booleans are in any case, a wrong value is ignored, so that the default holds, and reported. The SDK compares
 * names by case, and says nothing of most values that it ignores.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/common/
 */
export function readOtelEnv(env: NodeJS.ProcessEnv): {
  readonly values: OtelEnv;
  readonly ignored: readonly IgnoredVariable[];
} {
  const values: Partial<Record<OtelVariable, string>> = {};
  const ignored: IgnoredVariable[] = [];
  for (const name of otelVariables) {
    const given = env[name]?.trim();
    if (!given) continue;
    const { expected, correct } = kinds[name];
    const { value, wrong } = correct(given, env);
    if (value !== undefined) values[name] = value;
    if (wrong) ignored.push({ name, expected });
  }
  return { values, ignored };
}

/** Puts the values that count into `env`, and takes the others out: the SDK reads the environment for itself. */
export function correctOtelEnv(env: NodeJS.ProcessEnv, values: OtelEnv): void {
  for (const name of otelVariables) {
    if (values[name] === undefined) delete env[name];
    else env[name] = values[name];
  }
}
