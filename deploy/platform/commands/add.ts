import { addFeature } from '../add/add-feature.ts';
import { addService } from '../add/add-service.ts';
import { addUpstream } from '../add/add-upstream.ts';
import { openTarget } from '../add/target.ts';
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
    const target = await openTarget(root, ['add', ...args], step);
    switch (kind) {
      case 'service':
        // In place, the command repeats what was chosen earlier, perhaps while the service runs.
        return addService(target, words, { checkPort: root !== repository });
      case 'upstream':
        return addUpstream(target, words);
      case 'feature':
        return addFeature(target, words);
      default:
        throw new UsageError(
          kind === undefined
            ? 'Give what to add: service, upstream or feature. npm run platform -- add --help shows examples.'
            : `"${kind}" cannot be added. Add a service, an upstream or a feature.`,
        );
    }
  },
};
