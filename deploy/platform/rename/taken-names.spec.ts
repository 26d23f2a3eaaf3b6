import { join } from 'node:path';
import { expect, it } from 'vitest';
import { platform } from '../../../platform.config.ts';
import { parseNames } from './names.ts';
import { requireFreeNames } from './taken-names.ts';

const ROOT = join(import.meta.dirname, '../../..');

it.each([
  ['kube-system', {}, 'kube-system is reserved. Choose another name.'],
  ['node-modules', {}, 'node-modules is reserved. Choose another name.'],
  ['http', {}, 'http is reserved. Choose another name.'],
  ['True', {}, 'true is reserved. Choose another name.'],
  ['control-room', {}, 'control-room is reserved. Choose another name.'],
  ['catalog', {}, 'catalog is the name of a service.'],
  ['load-shedding', {}, 'load-shedding is the name of a library.'],
  ['zod', {}, 'zod is the name of an installed package.'],
  ['nestjs', {}, '@nestjs is the scope of installed packages. Choose another one with --scope.'],
  [
    'acme',
    { scope: '@types' },
    '@types is the scope of installed packages. Choose another one with --scope.',
  ],
])('the name %s with %j is taken', async (word, given, message) => {
  await expect(requireFreeNames(ROOT, platform, parseNames(word, given))).rejects.toThrow(message);
});

it('the names of the platform itself are free', async () => {
  await expect(requireFreeNames(ROOT, platform, platform)).resolves.toBeUndefined();
});
