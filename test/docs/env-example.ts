import { exampleEnv } from '@film-store/config';
import { imageChoices } from '../../deploy/compose/images.ts';
import { servicesByPort } from '../../deploy/local/services.ts';
import { importConfig } from '../support/service-modules.ts';

const INTRODUCTION = `# Every setting of the services, with its default. They are read from the environment.
# A secret may be in a file instead, whose path NAME_FILE holds.
# The demo sets the ports and addresses itself: choose its ports by ${servicesByPort.map(({ portVariable }) => portVariable).join(', ')}.
# Traces go where the standard OTEL_* variables say, OTEL_EXPORTER_OTLP_ENDPOINT above all; unset, nowhere.
`;

/**
 * Images in the compose files and the Dockerfile. Compose reads the variables from the environment or a file `.env`.
 */
const IMAGES = `# --- docker compose ---

# The images, of a mirror or of another version.
${[...imageChoices].map(([variable, image]) => `# ${variable}=${image}\n`).join('')}`;

/** Returns the text of `.env.example`: the settings of every service, and the images of Compose. */
export async function renderEnvExample(): Promise<string> {
  const settings = servicesByPort.map(async ({ name }) => exampleEnv(name, await importConfig(name)));
  return [INTRODUCTION, ...(await Promise.all(settings)), IMAGES].join('\n');
}
