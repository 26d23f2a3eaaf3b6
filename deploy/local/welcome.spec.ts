import { describe, expect, it } from 'vitest';
import { freeServicePorts } from './ports.ts';
import { forEachService } from './services.ts';
import { createWelcome } from './welcome.ts';

describe('the welcome text', () => {
  it('has the commands for a service that pages can do without, in the demo on these ports', async () => {
    const ports = await freeServicePorts();
    const text = createWelcome(ports, 'film-reviews');
    // #region part: control-room
    expect(text).toContain(`  control room   http://localhost:${ports.gateway}/\n`);
    // #endregion part: control-room
    expect(text).toContain(`       GATEWAY_PORT=${ports.gateway} npm run demo -- stop film-reviews\n`);
    expect(text).toContain('  3. an order: ');
  });

  it('does not name the default port', () => {
    expect(createWelcome({ ...forEachService(() => 1), gateway: 3000 }, 'film-reviews')).toContain(
      '       npm run demo -- start film-reviews\n',
    );
  });

  it('leaves the outage out if pages need every service', async () => {
    const ports = await freeServicePorts();
    const text = createWelcome(ports, null);
    expect(text).toContain('  2. an order: ');
    expect(text).not.toMatch(/undefined|null|-- stop/);
  });
});
