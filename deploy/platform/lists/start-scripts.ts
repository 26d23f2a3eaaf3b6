import { byPort } from '../derived.ts';
import type { List } from '../generated.ts';

interface PackageJson {
  readonly scripts: Record<string, string>;
}

/** The `start:NAME` scripts of `package.json`, in the place of the first one. */
export const startScripts: List = (platform) => [
  {
    path: 'package.json',
    render: (current = '{"scripts":{}}') => {
      const content = JSON.parse(current) as PackageJson;
      const scripts = Object.entries(content.scripts);
      const others = scripts.filter(([key]) => !isStart(key));
      const place = scripts.findIndex(([key]) => isStart(key));
      const starts = byPort(platform).map(({ name }): [string, string] => [
        `start:${name}`,
        startCommand(platform.scope, name),
      ]);
      const all = others.toSpliced(place < 0 ? others.length : place, 0, ...starts);
      return `${JSON.stringify({ ...content, scripts: Object.fromEntries(all) }, undefined, 2)}\n`;
    },
  },
];

const isStart = (script: string): boolean => script.startsWith('start:');

/** npm sends signals to the shell of a script. `exec` puts Node in its place, so that SIGTERM reaches the service. */
const startCommand = (scope: string, name: string): string =>
  `exec node --expose-gc --max-semi-space-size=16 --import ${scope}/telemetry/register dist/apps/${name}/src/main.js`;
