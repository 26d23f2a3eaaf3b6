import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeWithEngine } from '../../test/engines/engine.ts';

const SETS = ['', 'deploy/compose/links.yml', 'deploy/compose/regions.yml', 'deploy/compose/stores.yml'];

describeWithEngine('Compose', ['docker-compose'], (program) => {
  it.each(SETS)('accepts docker-compose.yml %s', (added) => {
    const files = ['docker-compose.yml', ...(added === '' ? [] : [added])];
    const options = files.flatMap((file) => ['--file', file]);
    // A warning about an unset variable or an obsolete field would be on stderr.
    const text = execFileSync(program, [...options, 'config'], {
      encoding: 'utf8',
      stdio: 'pipe',
      // Compose 2 leaves out the services of other profiles.
      env: { ...process.env, COMPOSE_PROFILES: 'observability' },
    });
    const { services } = parse(text) as { services: Record<string, { image?: string; build?: object }> };
    for (const [name, { image }] of Object.entries(services))
      expect({ name, image }).toEqual({ name, image: expect.stringMatching(/^[^$]+:[^$]+$/) as string });
  });
});
