import { root } from '../../deploy/local/services.ts';
import { type GeneratedFile, findChanges, writeChanges } from '../../deploy/platform/generated.ts';
import { capacityPage } from './capacity-table.ts';
import { renderEnvExample } from './env-example.ts';
import { MEASUREMENTS, renderMeasurements } from './measurements.ts';
import { optionTables, replaceOptions } from './option-tables.ts';
import { patternPages } from './pattern-pages.ts';
import { referencePages } from './reference.ts';

/*
 * Writes the documents that derive from the sources, as the specs in test/contract do with `--update`. Runs in the root of the
 * repository, with ../support/decorators.ts.
 */
const documents: readonly GeneratedFile[] = [
  { path: '.env.example', render: renderEnvExample },
  ...optionTables.map(([library, table]) => ({
    path: `libs/${library}/README.md`,
    render: (current = '') => replaceOptions(current, table),
  })),
  ...[...referencePages()].map(([file, text]) => ({ path: `docs/reference/${file}`, render: () => text })),
  { path: MEASUREMENTS, render: (current = '') => renderMeasurements(current) },
  ...patternPages(root),
  capacityPage(root),
];
await writeChanges(root, await findChanges(root, documents));
