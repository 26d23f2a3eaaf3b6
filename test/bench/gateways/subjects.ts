import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import typescript from 'typescript';
import { root, serviceArguments } from '../../../deploy/local/services.ts';

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
  args: ['--conditions=development', `${here}/bare.ts`],
  env: {},
};

/** Compiles the naive gateway, for Node runs no decorators. */
export function naiveGateway(): Subject {
  const { outputText } = typescript.transpileModule(readFileSync(join(root, here, 'naive.ts'), 'utf8'), {
    compilerOptions: {
      module: typescript.ModuleKind.ESNext,
      target: typescript.ScriptTarget.ES2024,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  });
  const folder = join(root, 'dist', here);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'naive.js'), outputText);
  return { name: 'naive Nest gateway', args: [join(folder, 'naive.js')], env: {} };
}
