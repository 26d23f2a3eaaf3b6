import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WorkingCopy, git } from '../working-copy.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
let clone: WorkingCopy;

beforeAll(async () => {
  clone = await WorkingCopy.of(repository);
});
afterAll(() => clone[Symbol.asyncDispose]());

/** Runs the command in a clone of the last commit. Returns its exit code and what it printed. */
async function remove(...words: string[]): Promise<{ code: number; printed: string }> {
  const args = ['deploy/platform/platform.ts', 'remove', ...words];
  return promisify(execFile)(process.execPath, args, { cwd: clone.root }).then(
    ({ stdout }) => ({ code: 0, printed: stdout.trim() }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, printed: stdout.trim() }),
  );
}

it.each([
  [[], /^Name one service or part\.\nYou can remove: /],
  [['catalog', 'gateway'], /^Name one service or part\./],
  [['nothing'], /^There is no service and no part nothing\.\nYou can remove: /],
  [['gateway'], /^gateway is the public service, which clients call\./],
  [['catalog'], /^These services cannot respond without catalog: gateway\.\nChange their code/],
] satisfies [string[], RegExp][])('remove %j changes nothing and says what to do', async (words, message) => {
  const { code, printed } = await remove(...words);
  expect(code).toBe(1);
  expect(printed).toMatch(message);
  expect(printed).toMatch(/Nothing was changed\.$/);
  expect(await git(clone.root, 'status', '--porcelain')).toBe('');
});
