import { expect, it } from 'vitest';
import { exampleEnv } from '@film-store/config';
import { catalogConfig } from '../../apps/catalog/src/catalog.config.ts';
import { gatewayConfig } from '../../apps/gateway/src/gateway.config.ts';
import { recommendationsConfig } from '../../apps/recommendations/src/recommendations.config.ts';
import { imageChoices } from '../../deploy/compose/images.ts';

const INTRODUCTION = `# Every setting of the three services, with its default. They are read from the environment.
# A secret may be in a file instead, whose path NAME_FILE holds.
# The demo sets the ports and addresses itself: choose its ports by GATEWAY_PORT, CATALOG_PORT, RECOMMENDATIONS_PORT.
# Traces go where the standard OTEL_* variables say, OTEL_EXPORTER_OTLP_ENDPOINT above all; unset, nowhere.
`;

/**
 * Images in the compose files and the Dockerfile. Compose reads the variables from the environment or a file `.env`.
 */
const IMAGES = `# --- docker compose ---

# The images, of a mirror or of another version.
${[...imageChoices].map(([variable, image]) => `# ${variable}=${image}\n`).join('')}`;

it('.env.example lists the settings of every service, and the images of compose (write it with vitest --update)', async () => {
  const example = [
    INTRODUCTION,
    exampleEnv('gateway', gatewayConfig),
    exampleEnv('catalog', catalogConfig),
    exampleEnv('recommendations', recommendationsConfig),
    IMAGES,
  ].join('\n');
  await expect(example).toMatchFileSnapshot('../../.env.example');
});
