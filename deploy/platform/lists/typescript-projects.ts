import { byPort } from '../derived.ts';
import type { List } from '../generated.ts';

interface BuildConfig {
  readonly references: readonly { readonly path: string }[];
}

/** The projects of `tsconfig.build.json`. Each service references the libraries that it uses. */
export const typescriptProjects: List = (platform) => [
  {
    path: 'tsconfig.build.json',
    render: (current = '{}') => {
      const config = JSON.parse(current) as BuildConfig;
      const references = byPort(platform).map(({ name }) => ({ path: `apps/${name}` }));
      return `${JSON.stringify({ ...config, references }, undefined, 2)}\n`;
    },
  },
];
