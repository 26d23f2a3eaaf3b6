import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Specs that take minutes, because they install packages, or run platform commands one after another. */
const LONG = /\/(?:test\/packages|deploy\/platform\/commands)\//;

/**
 * Starts long specs first, so that none of them runs alone at the end. Vitest runs project after project, and sorts each by
 * the duration of the last run or, in a fresh clone, by the size of the file.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const inOrder = super.sort.bind(this);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId);
    const [long, short] = await Promise.all([
      inOrder(files.filter(isLong)),
      inOrder(files.filter((file) => !isLong(file))),
    ]);
    return [...long, ...short];
  }
}
