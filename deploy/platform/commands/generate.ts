import { type Command, readPlatform } from '../command.ts';
import { generate } from '../generated.ts';

export const generateCommand: Command = {
  name: 'generate',
  on: 'repository',
  usage: [''],
  summary: 'writes every generated file again from platform.config.ts',
  run: async ({ root, step }) => {
    const paths = await generate(await readPlatform(root), root);
    for (const path of paths) step(path);
    return paths.length > 0 ? ['npm test'] : [];
  },
};
