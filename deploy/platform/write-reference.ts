import { runProcess } from './node-process.ts';

/** Specs that write generated documents when they run with `--update`. */
const SPECS = ['env-example', 'measurements', 'reference'].map((name) => `test/contract/${name}.spec.ts`);

/** Writes `.env.example` and the generated documents of a repository. @throws Error with the output of the specs */
export async function writeReference(root: string): Promise<void> {
  // One process for all of them loads the sources once.
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project=served',
    '--no-isolate',
    '--maxWorkers=1',
  ];
  // `--update` takes a following word as its value.
  const { code, output } = await runProcess(root, process.execPath, [...vitest, ...SPECS, '--update']);
  if (code !== 0) throw new Error(`the reference could not be written:\n${output}`);
}
