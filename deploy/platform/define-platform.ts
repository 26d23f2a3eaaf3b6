import { z } from 'zod';

/** Ports of the other servers in docker-compose.yml: Grafana, Prometheus, Jaeger, collector, PostgreSQL, Redis, flagd. */
export const RESERVED_PORTS: Readonly<Record<number, string>> = {
  3003: 'Grafana',
  4317: 'the collector',
  4318: 'the collector',
  5432: 'PostgreSQL',
  6379: 'Redis',
  8013: 'flagd',
  9090: 'Prometheus',
  16686: 'Jaeger',
};
/** Names of nodes, links, commands, folders, containers and objects of a deployment that are no service. */
export const RESERVED_NAMES: readonly string[] = [
  'all',
  'apps',
  'cache',
  'container',
  'database',
  'databases',
  'default-deny',
  'docs',
  'environment',
  'everybody',
  'flags',
  'grafana',
  'health',
  'identity',
  'ingress',
  'jaeger',
  'kustomization',
  'libs',
  'links',
  'main',
  'metrics',
  'namespace',
  'network-policies',
  'operators',
  'ops',
  'otel-collector',
  'platform',
  'postgres',
  'prometheus',
  'redis',
  'replica',
  'secrets',
  'service',
  'services',
  'settings',
  'setup',
  'telemetry',
  'test',
  'visitors',
];
/** The boundaries of the latency histogram, between which Prometheus cannot count. */
export const LATENCIES_MS = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000] as const;
export const PARTS = ['flags', 'control-room', 'k8s', 'faults'] as const;
/** A part of the template that `npm run platform -- remove PART` takes out. */
export type PartName = (typeof PARTS)[number];

/**
 * A name of a service: 2 to 30 lower-case letters, digits and single hyphens, starting with a letter. It is a folder, a host
 * name, a label value, and with underscores an environment variable.
 */
export const serviceName = z
  .string()
  .max(30)
  .regex(
    /^[a-z][a-z0-9]+(?:-[a-z0-9]+)*$/,
    'must be 2 to 30 lower-case letters, digits and single hyphens, and start with a letter',
  )
  .refine((name) => !RESERVED_NAMES.includes(name), { error: 'is reserved' })
  .refine((name) => !/-(?:\d+|south)$/.test(name), {
    error: 'must not end in a hyphen and a number, or in "-south": Compose gives these names to containers',
  });

const call = z.enum(['critical', 'degradable']);
/** `critical`: a response needs the called service. `degradable`: a response without it is complete enough, and says so. */
export type Call = z.infer<typeof call>;

const service = z.strictObject({
  /** Range 1,024 to 65,535. Compose publishes the port of the public service. */
  port: z.int().min(1024).max(65_535),
  /** A noun phrase without a full stop. */
  description: z.string().min(1).max(120),
  /** Marks the service that clients call directly. Exactly one service is public. @default false */
  public: z.boolean().default(false),
  /** `database`: PostgreSQL or PGlite. `redis`: shared state. `files`: a directory of its own. @default [] */
  stores: z.array(z.enum(['database', 'redis', 'files'])).default([]),
  /**
   * Stores that it uses if a deployment has them. `replica`: a replica of its database, for reads. `cache`: a Redis for data
   * that may be lost. @default []
   */
  optionalStores: z.array(z.enum(['replica', 'cache'])).default([]),
  /** The services that it calls. @default {} */
  calls: z.record(z.string(), call).default({}),
  /** Servers outside the platform that it calls over HTTP, by name, with the default address of each. @default {} */
  upstreams: z.record(serviceName, z.url({ protocol: /^https?$/ })).default({}),
  /** Containers in Compose, 1 to 9. The public service has one, because one container has its port. @default 2 */
  replicas: z.int().min(1).max(9).optional(),
  /**
   * Resident memory of one process under load, in MiB. Deployments limit it to more. Measured: 147 to 180.
   * @default 160, or 192 for the public service
   */
  memoryMiB: z.int().min(64).max(16_384).optional(),
  /** Promises that its alerts check: the fraction of requests without a server error, and the latency of 99 of 100 requests. */
  objectives: z.strictObject({
    // Below 0.95 even an outage uses the error budget less than 14.4 times too fast, so no alert would page.
    availability: z.number().min(0.95).max(0.99999),
    latencyMs: z.literal(LATENCIES_MS, { error: `must be one of ${LATENCIES_MS.join(', ')}` }),
  }),
});

const schema = z
  .strictObject({
    /** Name of the package, the image, the namespace and the URNs. */
    name: z
      .string()
      .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'must be lower-case letters, digits and hyphens'),
    /** The name for people. */
    title: z.string().min(1).max(60),
    /** Scope of the libraries' packages. */
    scope: z.string().regex(/^@[a-z0-9][a-z0-9._-]*$/, 'must be an npm scope such as @acme'),
    /** Parts of the template that this platform has kept. */
    parts: z.array(z.enum(PARTS)),
    services: z.record(serviceName, service),
  })
  .superRefine(({ services }, context) => {
    const report = (message: string, ...path: string[]) =>
      context.addIssue({ code: 'custom', message, path: ['services', ...path] });
    const byPort = new Map<number, string>();
    for (const [name, { port, calls, public: isPublic, replicas = 1 }] of Object.entries(services)) {
      if (isPublic && replicas > 1) report('the public service has one replica in Compose', name, 'replicas');
      const holder = byPort.get(port) ?? RESERVED_PORTS[port];
      if (holder) report(`${port} is the port of ${holder}`, name, 'port');
      byPort.set(port, name);
      for (const called of Object.keys(calls)) {
        if (!(called in services)) report(`there is no service ${called}`, name, 'calls', called);
        if (called === name) report('a service cannot call itself', name, 'calls', called);
      }
    }
    for (const [name, { upstreams = {} }] of Object.entries(services))
      for (const called of Object.keys(upstreams))
        if (called in services) report('is a service: name it in `calls`', name, 'upstreams', called);
    const open = Object.entries(services).filter(([, { public: isPublic }]) => isPublic);
    if (open.length !== 1) report('exactly one service must be public');
    const cycle = findCycle(services);
    if (cycle) report(`critical calls form a cycle: ${cycle.join(' → ')}; make one of them degradable`);
  });

export type PlatformInput = z.input<typeof schema>;
export type Platform = z.infer<typeof schema>;
export type ServiceEntry = z.infer<typeof service>;
/** A checked platform that keeps the names of its services in its type. */
export type DefinedPlatform<Names extends string> = Omit<Platform, 'services'> & {
  readonly services: Readonly<Record<Names, ServiceEntry>>;
};

/** @throws Error with one line for each fault of the configuration */
export function definePlatform<const Input extends PlatformInput>(
  input: Input,
): DefinedPlatform<keyof Input['services'] & string> {
  const result = schema.safeParse(input);
  if (result.success) return result.data as DefinedPlatform<keyof Input['services'] & string>;
  const lines = result.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new Error(`platform.config.ts is invalid:\n${lines.join('\n')}`);
}

/** Returns a cycle of critical calls, with its first service again at the end. */
function findCycle(services: Platform['services']): string[] | undefined {
  const finished = new Set<string>();
  const visit = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (finished.has(name)) return undefined;
    for (const [called, kind] of Object.entries(services[name]?.calls ?? {})) {
      const cycle = kind === 'critical' ? visit(called, [...path, name]) : undefined;
      if (cycle) return cycle;
    }
    finished.add(name);
    return undefined;
  };
  for (const name of Object.keys(services)) {
    const cycle = visit(name, []);
    if (cycle) return cycle;
  }
  return undefined;
}
