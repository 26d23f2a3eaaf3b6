import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, { readonly uses?: string; readonly 'timeout-minutes'?: number }>>;
}

describe.each(globSync('.github/workflows/*.yml').toSorted())('%s', (file) => {
  const text = readFileSync(file, 'utf8');
  const workflow = parse(text) as Workflow;

  it('pins every action to a commit, and names its version for people and Renovate', () => {
    const used = text.split('\n').filter((line) => /^ *(?:- )?uses:/.test(line));
    expect(used.length).toBeGreaterThan(0);
    for (const line of used) expect(line).toMatch(/uses: [\w./-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('may only read the repository, unless a job needs more', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  it('keeps no token in the checked-out files', () => {
    const checkouts = text.split('uses: actions/checkout@').slice(1);
    for (const checkout of checkouts)
      expect(checkout).toMatch(/^.*\n *with: \{ persist-credentials: false \}\n/);
  });

  it('limits the time of every job of its own', () => {
    const endless = Object.entries(workflow.jobs).filter(
      ([, job]) => job.uses === undefined && job['timeout-minutes'] === undefined,
    );
    expect(endless).toEqual([]);
  });
});
