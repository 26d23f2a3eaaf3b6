import { IDEMPOTENCY_SECRET_OF_ONE_MACHINE, serviceArguments } from '../../../deploy/local/services.ts';
import { compile } from '../compile.ts';

/** A process that serves the product page, and how it is started: the built services must be there. */
export interface Subject {
  readonly name: string;
  /** Of Node, the repository's root being the current directory. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const here = 'test/bench/gateways';

interface Variation {
  /** The share of traces that is recorded and exported; 0 is tracing off. */
  readonly sampled?: number;
  readonly logLevel?: 'info' | 'silent';
  readonly args?: readonly string[];
}

/** The gateway with every policy, as `npm run start:gateway` starts it, tracing and logging as in production. */
export const ourGateway = (
  name: string,
  { sampled = 0.1, logLevel = 'info', args = serviceArguments('gateway') }: Variation = {},
): Subject => ({
  name,
  args,
  env: {
    LOG_LEVEL: logLevel,
    IDEMPOTENCY_SECRET: IDEMPOTENCY_SECRET_OF_ONE_MACHINE,
    ...(sampled === 0
      ? { OTEL_SDK_DISABLED: 'true' }
      : {
          OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
          OTEL_TRACES_SAMPLER_ARG: String(sampled),
          // Within the time that is measured, not after it.
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

/** The gateway's order route without idempotency of its own. */
export const unlayeredGateway = (): Subject =>
  ourGateway('without the layer', {
    args: [...serviceArguments('gateway').slice(0, -1), compile(`${here}/unlayered.ts`)],
  });
