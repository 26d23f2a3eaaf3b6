import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { optionTable } from '@film-store/config';
import { flagsOptions } from '@film-store/feature-flags/options';
import { idempotencyOptions } from '@film-store/idempotency/options';
import { loadSheddingOptions } from '@film-store/load-shedding';
import { redisOptions } from '@film-store/redis';
import { upstreamPolicies } from '@film-store/resilience';

const BLOCK = /(?<=<!-- options:begin -->\n)[^]*(?=<!-- options:end -->)/;

it.each<[string, z.ZodObject]>([
  ['feature-flags', flagsOptions],
  ['idempotency', idempotencyOptions],
  ['load-shedding', loadSheddingOptions],
  ['redis', redisOptions],
  ['resilience', upstreamPolicies],
])(
  'libs/%s/README.md lists the options of the library (write it with vitest --update)',
  async (library, schema) => {
    const readme = `${import.meta.dirname}/../../libs/${library}/README.md`;
    const text = await readFile(readme, 'utf8');
    expect(text).toMatch(BLOCK);
    const expected = text.replace(BLOCK, () => `\n${optionTable(schema)}\n\n`);
    const style = await resolveConfig(readme);
    await expect(await format(expected, { ...style, filepath: readme })).toMatchFileSnapshot(readme);
  },
);
