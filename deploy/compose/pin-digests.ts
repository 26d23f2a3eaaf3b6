import { readFileSync, writeFileSync } from 'node:fs';
import { type RegistryOptions, findDigest } from './registry.ts';
import { imageChoices } from './images.ts';

/** The files that name images with a default. */
const FILES = ['docker-compose.yml', 'deploy/Dockerfile'];

/**
 * Adds the digest to every image of other projects, or replaces it. Afterwards a tag that is moved has no effect:
 *   node deploy/compose/pin-digests.ts && npx vitest run test/contract --update
 * Needs a connection to the registries.
 */
export async function pinDigests(files: readonly string[], options?: RegistryOptions): Promise<void> {
  const images = [...imageChoices.values()].filter((image) => !image.endsWith(':latest'));
  const pinned = await Promise.all(
    images.map(async (image) => {
      const [tagged = ''] = image.split('@');
      return { image, pinned: `${tagged}@${await findDigest(tagged, options)}` };
    }),
  );
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    const changed = pinned.reduce(
      (old, { image, pinned: to }) => old.replaceAll(`:-${image}}`, `:-${to}}`),
      text,
    );
    if (changed !== text) writeFileSync(file, changed);
  }
  for (const { pinned: image } of pinned) console.log(image);
}

if (import.meta.main) await pinDigests(FILES);
