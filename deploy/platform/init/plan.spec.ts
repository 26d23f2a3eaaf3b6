import { expect, it } from 'vitest';
import { definePlatform } from '../define-platform.ts';
import { findRemovable, planCommands, toCommandLine } from './plan.ts';

const objectives = { availability: 0.99, latencyMs: 250 } as const;
const shop = definePlatform({
  name: 'shoe-box',
  title: 'Shoe box',
  scope: '@shoes',
  parts: ['flags'],
  services: {
    door: {
      port: 4000,
      description: 'Door',
      public: true,
      calls: { shelf: 'critical', tips: 'degradable' },
      objectives,
    },
    shelf: { port: 4001, description: 'Shelf', objectives },
    tips: { port: 4002, description: 'Tips', objectives },
  },
});

it('renames first, then removes, then adds services that the public one can do without', () => {
  const choices = {
    name: 'acme',
    scope: '@a',
    title: 'Acme Shop',
    remove: ['flags', 'tips'],
    add: ['reviews'],
  };
  expect(planCommands(shop, choices).map(toCommandLine)).toEqual([
    'npm run platform -- rename acme --scope @a --title "Acme Shop"',
    'npm run platform -- remove flags',
    'npm run platform -- remove tips',
    'npm run platform -- add service reviews --called-by door --degradable',
  ]);
});

it('runs nothing for what stays as it is', () => {
  expect(planCommands(shop, { remove: [], add: [] })).toEqual([]);
});

it('offers to remove the services that no response needs', () => {
  expect(findRemovable(shop)).toEqual(['tips']);
});
