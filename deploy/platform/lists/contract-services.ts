import { type NamedService, quote, toServices } from '../derived.ts';
import type { List } from '../generated.ts';
import { GENERATED } from '../generated-header.ts';

const path = 'libs/contracts/src/platform-services.ts';

/** The services as a constant, for code that runs where the manifest is not: apps, libraries, images. */
export const contractServices: List = (platform) => [
  {
    path,
    render: () => `\
// ${GENERATED} Change that file instead.
import type { PlatformService } from './service-graph.ts';

export const platformServices = {
${toServices(platform).map(renderService).join('')}} as const satisfies Record<string, PlatformService>;

export type ServiceName = keyof typeof platformServices;
`,
  },
];

/** Writes one property a line, as Prettier keeps it. */
const renderService = ({ name, public: isPublic, stores, calls }: NamedService): string => `\
  ${quote(name)}: {
    public: ${isPublic},
    stores: [${stores.map((store) => `'${store}'`).join(', ')}],
    calls: ${renderCalls(calls)},
  },
`;

function renderCalls(calls: NamedService['calls']): string {
  const lines = Object.entries(calls).map(([name, kind]) => `      ${quote(name)}: '${kind}',\n`);
  return lines.length > 0 ? `{\n${lines.join('')}    }` : '{}';
}
