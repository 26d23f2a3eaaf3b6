import { type Command, UsageError } from '../command.ts';

export const addCommand: Command = {
  name: 'add',
  on: 'copy',
  usage: [
    'service NAME [--calls NAME,…] [--called-by NAME,…] [--degradable | --critical] [--stores database,redis,files] [--port N] [--description TEXT]',
    'upstream NAME --to SERVICE [--degradable | --critical]',
    'upstream NAME --to SERVICE --url URL',
    'feature NAME --to SERVICE',
  ],
  summary:
    'adds a service with its deployment and monitoring, a call to another service or server, or a feature of a service',
  examples: [
    'service reviews --calls catalog --called-by gateway --degradable',
    'upstream reviews --to catalog',
    'upstream payments --to catalog --url https://payments.example',
    'feature wishes --to catalog',
  ],
  run: async ({ root, repository, args, step }) => {
    const [kind, ...words] = args;
    // Other commands do without ts-morph, which takes 0.2 s to load.
    const { openTarget } = await import('../add/target.ts');
    const target = await openTarget(root, ['add', ...args], step);
    switch (kind) {
      case 'service': {
        const { addService } = await import('../add/add-service.ts');
        // In place, the command repeats what was chosen earlier, perhaps while the service runs.
        return addService(target, words, { checkPort: root !== repository });
      }
      case 'upstream': {
        const { addUpstream } = await import('../add/add-upstream.ts');
        return addUpstream(target, words);
      }
      case 'feature': {
        const { addFeature } = await import('../add/add-feature.ts');
        return addFeature(target, words);
      }
      default:
        throw new UsageError(
          kind === undefined
            ? 'Give what to add: service, upstream or feature. npm run platform -- add --help shows examples.'
            : `"${kind}" cannot be added. Add a service, an upstream or a feature.`,
        );
    }
  },
};
