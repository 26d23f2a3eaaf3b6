import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const EXECUTABLE = process.env['TEST_CHROMIUM'] ?? '/usr/bin/chromium';

/**
 * Whether this machine has a browser to test pages with, which is said where it has none.
 * @throws Error with `CI=true` where it has none
 */
export function hasBrowser(): boolean {
  if (existsSync(EXECUTABLE)) return true;
  const missing = 'Chromium: not found (install chromium, or set TEST_CHROMIUM)';
  if (process.env.CI === 'true') throw new Error(missing);
  console.log(`${missing}; pages were not tested`);
  return false;
}

/** A host of the browser's alone: this machine, without a browser taking it for one that is to be trusted. */
export const ELSEWHERE = 'store.test';

/** Without a sandbox, which root has none of: it loads our own pages only. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--no-sandbox', `--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`],
  });
