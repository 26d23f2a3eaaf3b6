import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publicService } from '../../deploy/platform/derived.ts';
import { eventually } from '../support/eventually.ts';
import { type Demo, Descendant } from './descendant.ts';
import { changes, names } from './matrix.ts';

const FILM = 'the-dark-knight-2008';

interface Page {
  readonly product: { readonly id: string };
  readonly degraded: readonly { readonly feature: string }[];
}

for (const name of names)
  for (const { title, commands } of changes)
    describeDescendant(`${name}, ${title}`, [`rename ${name}`, ...commands]);

function describeDescendant(title: string, commands: readonly string[]): void {
  describe(title, () => {
    let descendant: Descendant;
    let demo: Demo | undefined;

    beforeAll(async () => {
      descendant = await Descendant.create(title);
      await descendant.change(commands);
    });
    afterAll(async () => {
      await demo?.stop();
      await descendant.delete();
    });

    it.each([
      ['passes lint', 'npm run lint'],
      ['builds', 'npm run build'],
      ['is in step with its manifest', 'npm run platform -- doctor'],
      ['passes its unit specs', 'npx vitest run apps libs test/contract test/docs'],
    ])('%s', async (_, command) => {
      const [program = '', ...args] = command.split(' ');
      expect(await descendant.attempt(program, ...args)).toEqual({ code: 0, output: expect.any(String) });
    });

    it('contains the name of the template nowhere', async () => {
      const found = await descendant.attempt('git', 'grep', '-i', '--count', 'film.store');
      expect(found).toEqual({ code: 1, output: '' });
    });

    it('serves a complete page, says which service is missing, and recovers', async () => {
      demo = await descendant.startDemo();
      const { url, command, ended } = demo;
      const page = async (): Promise<{ body: Page; header: string | null }> => {
        const response = await fetch(`${url}/api/products/${FILM}`);
        expect(response.status).toBe(200);
        return { body: (await response.json()) as Page, header: response.headers.get('x-degraded') };
      };
      const isComplete = async (): Promise<void> => {
        const { body, header } = await page();
        expect(body.product.id).toBe(FILM);
        expect(body.degraded).toEqual([]);
        expect(header).toBeNull();
      };
      await Promise.race([eventually(isComplete, 120_000), ended]);

      const { calls } = publicService(await descendant.platform());
      for (const [service, kind] of Object.entries(calls)) {
        if (kind !== 'degradable') continue;
        await command('stop', service);
        await eventually(async () => {
          const { body, header } = await page();
          expect(body.degraded.map(({ feature }) => feature)).toContain(service);
          expect(header).toContain(service);
        });
        await command('start', service);
        await eventually(isComplete);
      }
    });
  });
}
