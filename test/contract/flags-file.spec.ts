import { readFile } from 'node:fs/promises';
import { MemoryStorage } from '@openfeature/flagd-core';
import { DefaultLogger } from '@openfeature/server-sdk';
import { expect, it } from 'vitest';
import { acceptOrders } from '../../apps/gateway/src/orders/orders-enabled.guard.ts';
import { personalizedRecommendations } from '../../apps/gateway/src/recommendations/personalized.flag.ts';

const declared = [personalizedRecommendations, acceptOrders];

it('deploy/flags/flags.json fits flagd’s schema and defines the flags of the code, with the same descriptions', async () => {
  const storage = new MemoryStorage(new DefaultLogger());
  storage.setConfigurations(await readFile('deploy/flags/flags.json', 'utf8'), true);
  const defined = [...storage.getFlags()].map(([key, { metadata, variants }]) => ({
    key,
    description: metadata['description'],
    variants: Object.fromEntries(variants),
  }));
  expect(defined).toEqual(
    declared.map(({ key, description }) => ({ key, description, variants: { on: true, off: false } })),
  );
});
