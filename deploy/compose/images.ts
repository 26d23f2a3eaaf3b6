import { globSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The Compose files. */
const files = ['docker-compose.yml', ...globSync('deploy/compose/*.yml').toSorted()];

interface Compose {
  readonly services: Readonly<Record<string, { readonly image?: string }>>;
}

export interface NamedImage {
  readonly where: string;
  /** The text in the file, `${VARIABLE:-image:tag}`. */
  readonly written: string;
}

/** Every image of the Compose files by service, then the base images of the Dockerfile. */
export const namedImages: readonly NamedImage[] = [
  ...files.flatMap((file) => {
    const { services } = parse(readFileSync(file, 'utf8'), { merge: true }) as Compose;
    return Object.entries(services).flatMap(([service, { image }]) =>
      image === undefined ? [] : [{ where: `${file}, ${service}`, written: image }],
    );
  }),
  ...readBaseImages('deploy/Dockerfile'),
];

/** Returns the variable that selects an image, and its default; `undefined` for an image without a variable. */
export function parseChoice({ written }: NamedImage): { variable: string; image: string } | undefined {
  const [, variable, image] = /^\$\{([A-Z][A-Z\d_]*_IMAGE):-([^${}]+)\}$/.exec(written) ?? [];
  return variable !== undefined && image !== undefined ? { variable, image } : undefined;
}

/** Every variable that selects an image, with its default. */
export const imageChoices: ReadonlyMap<string, string> = new Map(
  namedImages.map(parseChoice).flatMap((choice) => (choice ? [[choice.variable, choice.image]] : [])),
);

/** Returns the base images of a Dockerfile. A stage that builds on an earlier stage has none. */
function readBaseImages(dockerfile: string): NamedImage[] {
  const stages = new Set<string | undefined>();
  return [...readFileSync(dockerfile, 'utf8').matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)].flatMap(
    ([, base = '', stage]) => {
      const isStage = stages.has(base);
      stages.add(stage);
      return isStage ? [] : [{ where: dockerfile, written: base }];
    },
  );
}
