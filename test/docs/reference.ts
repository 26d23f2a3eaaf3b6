import { z } from 'zod';
import { isSecret, toRange } from '@film-store/config';
import { problemKinds } from '@film-store/problem';
import '@film-store/contracts';
import { headers } from '../../apps/gateway/src/api/headers.ts';
import { imageChoices } from '../../deploy/compose/images.ts';
import { publicService, services, servicesByPort } from '../../deploy/local/services.ts';
import { findCallers, toEnvName, toServices } from '../../deploy/platform/derived.ts';
import { type Row, toTable } from '../../deploy/platform/markdown.ts';
import { otelVariables, readOtelEnv } from '../../libs/telemetry/src/otel-env.ts';
import {
  edges,
  metrics,
  poolMetrics,
  redisEdges,
  spanAttributes,
  spanEvents,
} from '../e2e/telemetry/signals.ts';
import { platform } from '../../platform.config.ts';
import { importConfig } from '../support/service-modules.ts';
import { indicatorMeanings, logEvents, spanEventMeanings } from './event-descriptions.ts';
import {
  findIndicators,
  findLogEvents,
  findMemberDocs,
  findMetrics,
  type MetricFact,
} from './source-facts.ts';

/** Describes a generated page of the reference. */
export interface ReferencePage {
  readonly file: string;
  readonly title: string;
  /** Contents of the page, for the index. */
  readonly summary: string;
  readonly body: string;
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
const code = (text: string | number | boolean | undefined): string =>
  text === undefined || text === '' ? '' : `\`${text}\``;
const codes = (texts: Iterable<string>): string => [...new Set(texts)].map(code).join(', ');

// --- settings ---

interface Setting {
  readonly name: string;
  readonly service: string;
  readonly default: string | number | undefined;
  readonly range: string;
  readonly meaning: string;
}

/** Servers outside the platform. */
const outside = toServices(platform).flatMap(({ upstreams }) => Object.keys(upstreams).map(toEnvName));
/** The name of a service or of a server outside may have several words; every other upstream has one. */
const UPSTREAM = new RegExp(
  `^UPSTREAM_(${[...services.map(({ name }) => toEnvName(name)), ...outside, '[A-Z]+'].join('|')})_`,
);

const toSettings = (service: string, schema: z.ZodObject): Setting[] =>
  Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => {
    const input = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' });
    const range = toRange(z.toJSONSchema(field, { io: 'output', unrepresentable: 'any' }));
    return {
      name,
      service,
      default: input.default as Setting['default'],
      range: range && name.endsWith('_MS') ? `${range} ms` : range,
      meaning: `${field.description}${isSecret(field) ? ` Secret: \`${name}_FILE\` may name a file that holds it.` : ''}`,
    };
  });

const settings = (
  await Promise.all(servicesByPort.map(async ({ name }) => toSettings(name, await importConfig(name))))
).flat();

/** Returns one row for each variable, with its owners: services or upstreams. */
function toRows(
  listed: readonly Setting[],
  toName: (setting: Setting) => string,
  toOwner: (setting: Setting) => string,
) {
  /** Joins values that differ between owners, each after its owners. */
  const join = (all: readonly Setting[], toValue: (setting: Setting) => string): string => {
    const groups = [...Map.groupBy(all, toValue)];
    if (groups.length === 1) return groups[0]![0];
    const names = groups.map(([, members]) => [...new Set(members.map(toOwner))]);
    return groups
      .map(([value, [first]], i) => {
        const isShared = names.some((other, j) => i !== j && names[i]!.every((name) => other.includes(name)));
        return `${names[i]!.join(', ')}${isShared ? ` in ${first!.service}` : ''}: ${value || 'none'}`;
      })
      .join('; ');
  };
  return [...Map.groupBy(listed, toName)].map(([name, all]): Row => {
    const owners = [...new Set(all.map(toOwner))];
    const defaults = join(all, (setting) => code(setting.default));
    const shown =
      owners.length === services.length && owners.includes(publicService.name) ? 'all' : owners.join(', ');
    return [code(name), shown, defaults, all[0]?.range, join(all, ({ meaning }) => meaning)];
  });
}

const calledServices = servicesByPort
  .filter(({ name }) => findCallers(platform, name).length > 0)
  .map(({ name }) => toEnvName(name));
const joinWords = (words: readonly string[]): string => words.join(', ').replace(/, ([^,]*)$/, ' or $1');

function renderSettings(): string {
  const isUpstream = ({ name }: Setting) => UPSTREAM.test(name);
  const toUpstream = ({ name }: Setting) =>
    UPSTREAM.exec(name)?.[1]?.toLowerCase().replaceAll('_', '-') ?? '';
  const head = ['default', 'range', 'meaning'];
  const otel = otelVariables.map((name): Row => {
    // Every kind reports what it expects, except free text, which accepts any value.
    const [ignored] = readOtelEnv({ [name]: '=' }).ignored;
    return [code(name), ignored?.expected ?? 'any text'];
  });
  return `A variable that is empty counts as unset. A service that finds an invalid variable prints all of them and exits with
code 78. \`node dist/apps/NAME/src/main.js --print-config\` prints the effective settings. [\`.env.example\`](../../.env.example)
has the same settings as a file.

## Services

${toTable(
  ['variable', 'service', ...head],
  toRows(
    settings.filter((setting) => !isUpstream(setting)),
    ({ name }) => name,
    ({ service }) => service,
  ),
)}

## Policies of upstreams

Replace \`NAME\` with ${joinWords([...calledServices, ...new Set(outside), 'IDENTITY'].map(code))} (HTTP), \`REDIS\` or \`DATABASE\`.

${toTable(
  ['variable', 'upstream', ...head],
  toRows(settings.filter(isUpstream), ({ name }) => name.replace(UPSTREAM, 'UPSTREAM_NAME_'), toUpstream),
)}

## OpenTelemetry

The services read these [standard variables](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
An invalid value is logged as \`telemetry.setting_ignored\`, and the default of the specification applies.

${toTable(['variable', 'values'], otel)}

## Images of docker compose

${toTable(
  ['variable', 'default'],
  [...imageChoices].map(([variable, image]) => [code(variable), code(image)]),
)}
`;
}

// --- problems ---

function renderProblems(): string {
  const docs = findMemberDocs();
  const rows = Object.entries(problemKinds).map(([name, kind]): Row => {
    const [, when = '', next = ''] = /^(.*?\.) (.*)$/.exec(docs.get(name) ?? '') ?? [];
    const status = name === 'validation-failed' ? '400, 422' : String(kind.status);
    return [code(name), status, kind.title, kind.retryable ? 'yes' : 'no', when, next];
  });
  return `Every error response is a problem (RFC 9457, \`application/problem+json\`). \`type\` is \`urn:film-store:problem:CODE\`.
\`retryable\` states whether the same request may succeed later. \`safeNewKey: false\` states that a request with a new
\`Idempotency-Key\` may execute the operation twice. \`requestId\` identifies the request in the logs.

${toTable(['code', 'status', 'title', 'retryable', 'occurs when', 'what a client does'], rows)}
`;
}

// --- headers ---

const MESSAGES = {
  'public request': 'Requests of clients to the gateway',
  'public response': 'Responses of the gateway to clients',
  'internal request': 'Requests between services',
  'internal response': 'Responses between services, in addition',
  'operations request': 'Requests of operators',
  'operations response': 'Responses to operators, in addition',
} as const;

const renderHeaders = (): string =>
  Object.entries(MESSAGES)
    .map(([message, title]) => {
      const rows = headers.filter((header) => header.message === message);
      return `## ${title}\n\n${toTable(
        ['header', 'meaning', 'example'],
        rows.map(({ name, meaning, example }) => [code(name), meaning, code(example)]),
      )}\n`;
    })
    .join('\n');

// --- log events ---

const linkRunbooks = (text: string): string =>
  text.replace(/runbook `(\w+)`/g, 'runbook [$1](../../deploy/runbooks/$1.md)');

function renderLogEvents(): string {
  const found = findLogEvents();
  const rows = Object.entries(logEvents)
    .toSorted(byName)
    .map(([event, { when, action }]): Row => {
      const facts = found.filter((fact) => matchesEvent(fact.event, event));
      const levels = facts.flatMap((fact) => fact.levels);
      return [
        code(event),
        levels.length === 0 ? 'any' : [...new Set(levels)].join(', '),
        facts[0]?.owner,
        when,
        linkRunbooks(action),
        codes(facts.flatMap(({ fields }) => fields)),
      ];
    });
  return `Services log one JSON object per line on standard output: \`time\`, \`level\`, \`service\`, \`msg\` and \`event\`. Records of a
request also have \`requestId\`, \`traceId\` and \`spanId\`. Secrets, e-mail addresses and query values are redacted.

${toTable(['event', 'level', 'logged by', 'when', 'what to do', 'fields'], rows)}
`;
}

/** Returns whether a name stands for an event that the sources contain. `*` stands for one word. */
export const matchesEvent = (pattern: string, event: string): boolean =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[a-z_-]+')}$`).test(event);

// --- metrics ---

/** Returns the name that `GET /metrics` gives a metric. */
function toPrometheus({ name, type, unit }: MetricFact): string {
  const suffix = { s: '_seconds', By: '_bytes' }[unit] ?? '';
  return `${name.replaceAll('.', '_')}${suffix}${type === 'counter' ? '_total' : ''}`;
}

function renderMetrics(): string {
  const listed = { ...metrics, ...poolMetrics };
  const rows = findMetrics()
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((fact): Row => {
      const { by = [], labels = {}, otherLabels = {} } = listed[fact.name] ?? {};
      const attributes = Object.entries({ ...labels, ...otherLabels }).map(([name, values]) =>
        values instanceof RegExp ? code(name) : `${code(name)} (${values.join(', ')})`,
      );
      const owners = by.length === services.length ? 'all' : by.join(', ');
      return [
        `${code(fact.name)} ${code(toPrometheus(fact))}`,
        fact.type,
        fact.unit,
        owners,
        attributes.join(', '),
        `${fact.description}.`,
      ];
    });
  const notes: string[] = [
    // #region part: faults
    '\n`faults.injected` has the attributes `point` and `kind`, and exists only after a fault was injected.\n',
    // #endregion part: faults
  ];
  return `The first name is that of OpenTelemetry, the second one that of \`GET /metrics\`. Units: \`s\` is seconds, \`By\` is bytes; without a
unit the value is a count.

${toTable(['metric', 'type', 'unit', 'services', 'attributes', 'meaning'], rows)}
${notes.join('\n')}`;
}

// --- spans ---

function renderSpans(): string {
  const parents = [...edges, ...redisEdges].map((edge): Row => {
    const [parent = '', child = ''] = edge.split(' > ');
    return [code(parent), code(child)];
  });
  const attributes = Object.entries(spanAttributes).map(([kind, [always, sometimes]]): Row => [
    kind,
    codes(always),
    codes(sometimes),
  ]);
  const events = Object.entries(spanEventMeanings).map(([name, meaning]): Row => [
    code(name),
    meaning,
    codes(spanEvents[name] ?? []),
  ]);
  return `\`GET /ops/traces\` of the gateway shows the latest traces if \`TRACES_RING\` is \`true\`.

## Spans

${toTable(['parent', 'child'], parents)}

## Attributes

\`server\` spans are requests that a service receives, \`attempt\` spans are calls to an upstream, \`database\` spans are
operations on PostgreSQL or Redis. Spans never contain query values.

${toTable(['kind', 'always', 'sometimes'], attributes)}

## Events

${toTable(['event', 'when', 'attributes'], events)}
`;
}

// --- health ---

function renderHealth(): string {
  const rows = findIndicators().map(({ name, critical, owner }): Row => [
    code(name),
    owner,
    critical ? 'yes' : 'no',
    indicatorMeanings[`${owner}/${name}`],
  ]);
  return `${toTable(
    ['path', 'checks', 'status'],
    [
      ['`GET /health/live`', 'That the event loop runs.', '200'],
      ['`GET /health/ready`', 'The critical indicators.', '200 with `ok` or `degraded`, 503 otherwise'],
      ['`GET /health/deep`', 'All indicators.', '200 with `ok` or `degraded`, 503 otherwise'],
      ['`GET /health/schema`', 'Nothing: it returns the JSON schema of the reports.', '200'],
    ],
  )}

A critical indicator that fails makes the service not ready. Another indicator that fails degrades the service. Results are
cached for one second. A service that starts or drains reports \`starting\` or \`shutting_down\`.

## Indicators

${toTable(['indicator', 'registered by', 'critical', 'healthy when'], rows)}
`;
}

const pages: readonly ReferencePage[] = [
  {
    file: 'settings.md',
    title: 'Settings',
    summary: 'Environment variables of each service: meaning, range, default.',
    body: renderSettings(),
  },
  {
    file: 'problems.md',
    title: 'Problems',
    summary: 'Codes of error responses: status, cause, what a client does.',
    body: renderProblems(),
  },
  {
    file: 'headers.md',
    title: 'Headers',
    summary: 'Headers that the store reads and sends.',
    body: renderHeaders(),
  },
  {
    file: 'log-events.md',
    title: 'Log events',
    summary: 'Events in the logs: level, cause, what to do.',
    body: renderLogEvents(),
  },
  {
    file: 'metrics.md',
    title: 'Metrics',
    summary: 'Metrics with type, unit and attributes.',
    body: renderMetrics(),
  },
  {
    file: 'spans.md',
    title: 'Spans',
    summary: 'Spans, their attributes and their events.',
    body: renderSpans(),
  },
  {
    file: 'health.md',
    title: 'Health',
    summary: 'Health endpoints and indicators.',
    body: renderHealth(),
  },
];

const NOTE = '<!-- Generated: run `npx vitest run test/contract --update`. -->';

const index: ReferencePage = {
  file: 'README.md',
  title: 'Reference',
  summary: '',
  body: `The sources generate these pages, except the last two, and a test compares them.

${toTable(
  ['page', 'contents'],
  [
    ...pages.map(({ file, title, summary }) => [`[${title}](${file})`, summary]),
    ['[Commands](commands.md)', 'npm scripts and their options.'],
    ['[The films](data.md)', 'Source of the films, and what was corrected.'],
  ],
)}

The HTTP API is at \`/docs\` of a running gateway.
`,
};

/** Returns the pages of \`docs/reference\` by file name. */
export const referencePages = (): ReadonlyMap<string, string> =>
  new Map([index, ...pages].map(({ file, title, body }) => [file, `# ${title}\n\n${NOTE}\n\n${body}`]));
