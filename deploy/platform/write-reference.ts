import { runProcess } from './node-process.ts';

/** Writes `.env.example` and the generated documents of a repository. @throws Error with the output of the program */
export async function writeReference(root: string): Promise<void> {
  const preload = ['--conditions=source', '--import', './test/support/decorators.ts'];
  const { code, output } = await runProcess(root, process.execPath, [...preload, 'test/docs/write.ts']);
  if (code !== 0) throw new Error(`the reference could not be written:\n${output}`);
}
