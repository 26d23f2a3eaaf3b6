import { globSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What the containers are started and built from, wherever somebody names an image. */
const files = ['docker-compose.yml', ...globSync('deploy/compose/*.yml').toSorted()];

interface Compose {
  readonly services: Readonly<Record<string, { readonly image?: string }>>;
}

export interface NamedImage {
  readonly where: string;
  /** As it is written, `${VARIABLE:-image:tag}`. */
  readonly written: string;
}

/** Every image that compose files name, service by service, and then those that the Dockerfile builds on. */
export const namedImages: readonly NamedImage[] = [
  ...files.flatMap((file) => {
    const { services } = parse(readFileSync(file, 'utf8'), { merge: true }) as Compose;
    return Object.entries(services).flatMap(([service, { image }]) =>
      image === undefined ? [] : [{ where: `${file}, ${service}`, written: image }],
    );
  }),
  ...basesOf('deploy/Dockerfile'),
];

/** The variable that chooses an image, and the one it is without; undefined where the image is written otherwise. */
export function choiceOf({ written }: NamedImage): { variable: string; image: string } | undefined {
  const [, variable, image] = /^\$\{([A-Z_]+_IMAGE):-([^${}]+)\}$/.exec(written) ?? [];
  return variable !== undefined && image !== undefined ? { variable, image } : undefined;
}

/** Every variable that chooses an image, with the one it is without. */
export const imageChoices: ReadonlyMap<string, string> = new Map(
  namedImages.map(choiceOf).flatMap((choice) => (choice ? [[choice.variable, choice.image]] : [])),
);

/** Stages on earlier stages left out. */
function basesOf(dockerfile: string): NamedImage[] {
  const stages = new Set<string | undefined>();
  return [...readFileSync(dockerfile, 'utf8').matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)].flatMap(
    ([, base = '', stage]) => {
      const isStage = stages.has(base);
      stages.add(stage);
      return isStage ? [] : [{ where: dockerfile, written: base }];
    },
  );
}
