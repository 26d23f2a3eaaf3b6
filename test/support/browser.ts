import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type Page, chromium } from 'playwright-core';

const EXECUTABLE = process.env['TEST_CHROMIUM'] ?? '/usr/bin/chromium';

/**
 * Returns whether this machine has a browser for tests of pages. Prints a note if it has none.
 * @throws Error with `CI=true` if it has none
 */
export function hasBrowser(): boolean {
  if (existsSync(EXECUTABLE)) return true;
  const missing = 'Chromium: not found (install chromium, or set TEST_CHROMIUM)';
  if (process.env.CI === 'true') throw new Error(missing);
  console.log(`${missing}; pages were not tested`);
  return false;
}

/**
 * A host name that resolves to this machine only in the browser, so that the browser does not treat it as trustworthy.
 */
export const ELSEWHERE = 'store.test';

/** Without a sandbox, which is not available to root: it only loads our own pages. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--no-sandbox', `--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`],
  });

/** Opens a page with a timeout of 20 s. Adds errors of the browser to `complaints`, except expected ones. */
export async function openPage(browser: Browser, complaints: string[], expected: RegExp): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.text())) complaints.push(message.text());
  });
  return page;
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const colorSchemes = ['light', 'dark'] as const;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Finds the violated rules of axe with their places, by color scheme. */
export async function findViolations(page: Page): Promise<Record<(typeof colorSchemes)[number], unknown[]>> {
  await page.evaluate(axe);
  const found = { light: [] as unknown[], dark: [] as unknown[] };
  for (const colorScheme of colorSchemes) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate<{ violations: Violation[] }>('axe.run()');
    found[colorScheme] = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 120))]);
  }
  return found;
}
