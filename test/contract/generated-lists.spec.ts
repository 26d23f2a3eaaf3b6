import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findDifferences } from '../../deploy/platform/generated.ts';
import { platform } from '../../platform.config.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('the generated lists', () => {
  it('match platform.config.ts; otherwise run: npm run platform -- generate', async () => {
    const differences = await findDifferences(platform, root);
    expect(differences.map(({ path }) => path)).toEqual([]);
  });
});
