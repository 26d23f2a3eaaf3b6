import { format } from 'prettier';
import { toServices } from '../derived.ts';
import type { List } from '../generated.ts';

const path = 'libs/contracts/src/platform-services.ts';

/** The services as a constant, for code that runs where the manifest is not: apps, libraries, images. */
export const contractServices: List = (platform) => [
  {
    path,
    render: () => {
      const services = Object.fromEntries(
        toServices(platform).map(({ name, public: isPublic, stores, calls }) => [
          name,
          { public: isPublic, stores, calls },
        ]),
      );
      const text = `// Generated from platform.config.ts by \`npm run platform -- generate\`: change that file.
import type { PlatformService } from './service-graph.ts';

export const platformServices = ${JSON.stringify(services)} as const satisfies Record<string, PlatformService>;

export type ServiceName = keyof typeof platformServices;
`;
      return format(text, { filepath: path, singleQuote: true, printWidth: 110 });
    },
  },
];
