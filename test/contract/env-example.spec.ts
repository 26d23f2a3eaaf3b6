import { expect, it } from 'vitest';
import { renderEnvExample } from '../docs/env-example.ts';

it('.env.example lists the settings of every service, and the images of compose (write it with vitest --update)', async () => {
  await expect(await renderEnvExample()).toMatchFileSnapshot('../../.env.example');
});
