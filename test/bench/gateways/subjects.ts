import { LOCAL_IDEMPOTENCY_SECRET, serviceArguments } from '../../../deploy/local/services.ts';
import { compile } from '../compile.ts';

/** A process that serves the product page, with its command. The services must be built. */
export interface Subject {
  readonly name: string;
  /** Arguments of Node; the current directory is the repository's root. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const here = 'test/bench/gateways';

interface Variation {
  /** Fraction of traces that is recorded and exported; 0 turns tracing off, but not metrics. */
  readonly sampled?: number;
  readonly logLevel?: 'info' | 'silent';
  readonly args?: readonly string[];
}

/** The gateway with all policies, started like `npm run start:gateway`, with tracing and logging as in production. */
export const ourGateway = (
  name: string,
  { sampled = 0.1, logLevel = 'info', args = serviceArguments('gateway') }: Variation = {},
): Subject => ({
  name,
  args,
  env: {
    LOG_LEVEL: logLevel,
    IDEMPOTENCY_SECRET: LOCAL_IDEMPOTENCY_SECRET,
    ...(sampled === 0
      ? { OTEL_TRACES_EXPORTER: 'none' }
      : {
          OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
          OTEL_TRACES_SAMPLER_ARG: String(sampled),
          // Exports spans during the measurement, not after it.
          OTEL_BSP_SCHEDULE_DELAY: '500',
        }),
  },
});

export const bareForwarder: Subject = {
  name: 'node:http and undici',
  args: [`${here}/bare.ts`],
  env: {},
};

export const naiveGateway = (): Subject => ({
  name: 'naive Nest gateway',
  args: [compile(`${here}/naive.ts`)],
  env: {},
});

/** The gateway's order route without its own idempotency. */
export const unlayeredGateway = (): Subject =>
  ourGateway('without the layer', {
    args: [...serviceArguments('gateway').slice(0, -1), compile(`${here}/unlayered.ts`)],
  });
