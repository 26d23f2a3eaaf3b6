import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { platformServices, scenarioNames } from '@film-store/contracts';
import { createWelcome } from '../../deploy/local/welcome.ts';
import { forEachService, publicService, services } from '../../deploy/local/services.ts';
import { platform } from '../../platform.config.ts';
import { importConfig, importService } from '../support/service-modules.ts';

const names = Object.keys(platform.services).toSorted();
const findAll = (file: string, pattern: RegExp): string[] =>
  Array.from(readFileSync(file, 'utf8').matchAll(pattern), ([, name = '']) => name).toSorted();

describe('every service of platform.config.ts, and no other one, is', () => {
  it('in the constant that apps and libraries use', () => {
    expect(Object.keys(platformServices).toSorted()).toEqual(names);
  });

  it('started by the demo after those that it needs', () => {
    const started = services.map(({ name }) => name);
    expect(started.toSorted()).toEqual(names);
    for (const [nth, name] of started.entries()) {
      const critical = Object.entries(platform.services[name].calls).filter(
        ([, kind]) => kind === 'critical',
      );
      expect(started.slice(0, nth)).toEqual(expect.arrayContaining(critical.map(([needed]) => needed)));
    }
  });

  it('a section of .env.example', () => {
    const sections = findAll('.env.example', /^# --- (\S+) ---$/gm);
    expect(sections.toSorted()).toEqual(names);
  });
});

describe.each(services)('$name', ({ name }) => {
  it('has a definition with its name, and settings with its port', async () => {
    expect((await importService(name)).name).toBe(name);
    const { shape } = await importConfig(name);
    expect(shape['PORT']?.parse(undefined)).toBe(platform.services[name].port);
  });

  it('has settings for the address of each service that it calls', async () => {
    const { shape } = await importConfig(name);
    const addresses = services.filter((each) => each.name in platform.services[name].calls);
    expect(Object.keys(shape)).toEqual(expect.arrayContaining(addresses.map((each) => each.urlVariable)));
  });
});

it('the public service sends faults to every service that it calls, and reads its traces', async () => {
  const { peers = [] } = await importService(publicService.name);
  expect(peers.toSorted()).toEqual(Object.keys(platform.services[publicService.name].calls).toSorted());
});

describe('what operators can break', () => {
  // #region part: faults
  const called = new Set(Object.values(platform.services).flatMap(({ calls }) => Object.keys(calls)));
  const services = [...called].toSorted();

  it('is every called service, and no other one', () => {
    const breakable = scenarioNames.flatMap((name) => /^(.+)-hang$/.exec(name)?.[1] ?? []);
    expect(breakable.toSorted()).toEqual(services);
  });

  it('is in the table of scenarios', () => {
    expect(findAll('docs/how-to/break-it.md', /^\| `(\S+)-hang` /gm)).toEqual(services);
  });
  // #endregion part: faults

  it('is offered by the welcome text of the demo if pages can do without it', () => {
    const text = createWelcome(forEachService((name) => platform.services[name].port));
    const offered = Array.from(text.matchAll(/npm run demo -- stop (\S+)/g), ([, name]) => name);
    for (const name of offered)
      expect(platform.services[publicService.name].calls).toHaveProperty(name!, 'degradable');
    expect(text).not.toContain('undefined');
  });
});
