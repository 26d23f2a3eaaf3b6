import { describe } from 'vitest';
import { isOnPath } from '../support/on-path.ts';

/**
 * Runs a suite with a program that this repository does not install, and returns `true`. Without the program it reports that the
 * suite is left out.
 * @param names the program, or several that can do the same, the preferred one first
 * @param accepts returns `false` for a program that the suite cannot use, such as another version
 */
export function describeWithEngine(
  title: string,
  names: readonly string[],
  suite: (program: string) => void,
  accepts: (program: string) => boolean = () => true,
): boolean {
  const program = names.find((name) => isOnPath(name) && accepts(name));
  if (program === undefined)
    console.log(
      `Left out: ${title} (not on the PATH: ${names.join(' or ')}; see docs/how-to/check-with-engines.md)`,
    );
  describe.runIf(program !== undefined)(title, () => {
    suite(program ?? '');
  });
  return program !== undefined;
}
