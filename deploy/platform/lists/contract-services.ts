import { toServices } from '../derived.ts';
import { formatText } from '../format.ts';
import type { List } from '../generated.ts';
import { GENERATED } from '../generated-header.ts';

const path = 'libs/contracts/src/platform-services.ts';

/** The services as a constant, for code that runs where the manifest is not: apps, libraries, images. */
export const contractServices: List = (platform, root) => [
  {
    path,
    render: () => {
      const services = Object.fromEntries(
        toServices(platform).map(({ name, public: isPublic, stores, calls }) => [
          name,
          { public: isPublic, stores, calls },
        ]),
      );
      return formatText(
        root,
        path,
        `// ${GENERATED} Change that file instead.
import type { PlatformService } from './service-graph.ts';

export const platformServices = ${JSON.stringify(services)} as const satisfies Record<string, PlatformService>;

export type ServiceName = keyof typeof platformServices;
`,
      );
    },
  },
];
