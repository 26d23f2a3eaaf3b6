import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunState } from '../../deploy/local/compare/report.ts';
import { createEmbeddedDatabases } from '../../deploy/local/embedded-databases.ts';
import { freeServicePorts, isFree } from '../../deploy/local/ports.ts';
import { startProcess } from '../../deploy/local/process.ts';
import { root, services } from '../../deploy/local/services.ts';
import { findViolations, hasBrowser, openBrowser, openPage } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';

const execute = promisify(execFile);
/** A start of nine processes takes longer than usual on a busy machine. */
const START_MS = 180_000;

/** The demo, as `npm run demo` starts it, with a folder of its own for temporary files. */
async function startDemo(more: NodeJS.ProcessEnv = {}) {
  const ports = await freeServicePorts();
  const folder = await mkdtemp(join(tmpdir(), 'demo-'));
  await createEmbeddedDatabases(folder);
  const chosen = services.map(({ name, portVariable }) => [portVariable, String(ports[name])]);
  const env = { ...process.env, ...Object.fromEntries(chosen), DATA_DIR: folder, TMPDIR: folder, ...more };
  const args = ['--import', './deploy/local/node-version.js', 'deploy/local/demo.ts'];
  const output: string[] = [];
  const demo = startProcess({ args, cwd: root, env, onLine: ({ text }) => output.push(text) });
  const send = async (line: string) =>
    (await execute(process.execPath, [...args, ...line.split(' ')], { cwd: root, env })).stdout.trim();
  const url = `http://localhost:${ports.gateway}`;
  await eventually(() => expect(output).toContain('The film store runs.'), START_MS);
  return {
    url,
    send,
    settings: async () =>
      (await (await fetch(`${url}/control-room/settings.json`)).json()) as { compareUrl: string | null },
    /** The ids of the processes that the demo started. */
    processes: async () =>
      (await execute('ps', ['-o', 'pid=', '--ppid', String(demo.pid)]).catch(() => ({ stdout: '' }))).stdout
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    temporary: async () => (await readdir(folder)).filter((name) => name.startsWith('compare-')),
    kill: () => demo.kill('SIGKILL'),
    async stop() {
      await demo.stop();
      // Processes of a comparison can still write while they end.
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

async function assertEnded(pids: readonly string[]): Promise<void> {
  for (const pid of pids)
    await eventually(() => expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH'), START_MS);
}

describe('a comparison', () => {
  let demo: Awaited<ReturnType<typeof startDemo>>;
  let compareUrl: string;
  let idle: string[];
  beforeAll(async () => {
    demo = await startDemo();
    compareUrl = (await demo.settings()).compareUrl ?? '';
    idle = await demo.processes();
  });
  afterAll(() => demo.stop());

  const readRun = async (): Promise<RunState | null> =>
    ((await (await fetch(`${compareUrl}/runs`)).json()) as { run: RunState | null }).run;
  const untilEnded = () => eventually(async () => expect((await readRun())?.phase).toBe('ended'), START_MS);
  /** Reports the processes that a comparison left behind. */
  const assertFreed = async (): Promise<void> => {
    expect(await demo.processes()).toEqual(idle);
    expect(await demo.temporary()).toEqual([]);
  };

  it('starts by command, shows the difference, and ends by itself', async () => {
    expect(await demo.send('compare catalog-hang 15s')).toBe(`comparing, catalog hangs: ${compareUrl}`);
    expect(await demo.send('compare overload')).toMatch(/^a comparison of catalog-hang runs already/);
    const second = await fetch(`${compareUrl}/runs`, { method: 'POST', body: '{"scenario":"overload"}' });
    expect(second.status).toBe(409);
    expect(await second.json()).toMatchObject({ title: 'Comparison already running' });

    await eventually(async () => {
      const run = await readRun();
      expect(run?.phase).toBe('fault');
      expect(run?.seconds.some(({ ours }) => ours.degraded > 0)).toBe(true);
      expect(run?.customers?.twin.page.state).toBe('waiting');
      expect(run?.customers?.ours.page.state).toBe('page');
      expect(run?.sentence).toMatch(/opened its circuit breaker to catalog.*has no timeout/);
    }, START_MS);
    await untilEnded();
    const seconds = (await readRun())?.seconds ?? [];
    expect(seconds.map(({ ours }) => ours.sent)).toEqual(seconds.map(({ twin }) => twin.sent));
    expect(seconds.every(({ twin }) => twin.degraded === 0)).toBe(true);
    await assertFreed();
  });

  it.each([0, 500, 1500])('ends all that it has started when it is stopped after %d ms', async (ms) => {
    const body = '{"scenario":"catalog-hang"}';
    expect((await fetch(`${compareUrl}/runs`, { method: 'POST', body })).status).toBe(202);
    await sleep(ms);
    expect((await fetch(`${compareUrl}/runs`, { method: 'DELETE' })).status).toBe(204);
    await assertFreed();
    expect(await readRun()).toMatchObject({ phase: 'ended', problem: null });
  });

  it.skipIf(!hasBrowser())('starts in the page, which the control room links to', async () => {
    const errors: string[] = [];
    const browser = await openBrowser();
    try {
      await useInBrowser(browser, errors);
    } finally {
      await browser.close();
    }
    expect(errors).toEqual([]);
    await assertFreed();
  });

  async function useInBrowser(browser: Browser, errors: string[]): Promise<void> {
    const page = await openPage(browser, errors, /^Failed to load resource/);
    await page.goto(demo.url);
    await page.click('nav >> text=Compare');
    await page.waitForURL(`${compareUrl}/`);
    await startWithKeyboard(page, 'catalog-flaky');
    await eventually(
      async () => expect(await page.innerText('#phase')).toMatch(/^The fault is on/),
      START_MS,
    );
    await eventually(async () => expect(await page.locator('#ours .film').count()).toBe(1));
    expect(await page.locator('#charts canvas').count()).toBe(5);
    expect(await findViolations(page)).toEqual({ light: [], dark: [] });
    await page.setViewportSize({ width: 375, height: 812 });
    await eventually(async () =>
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375),
    );
    await page.press('#stop', 'Enter');
    await eventually(async () => expect(await page.innerText('#phase')).toMatch(/^The comparison has ended/));
  }

  async function startWithKeyboard(page: Page, scenario: string): Promise<void> {
    const focused = () => page.evaluate<string>('document.activeElement.dataset.scenario');
    await page.locator('[data-scenario]').first().waitFor();
    for (let tab = 0; tab < 10 && (await focused()) !== scenario; tab += 1) await page.keyboard.press('Tab');
    expect(await focused()).toBe(scenario);
    await page.keyboard.press('Enter');
  }

  it('ends with the demo', async () => {
    expect(await demo.send('compare overload')).toContain(compareUrl);
    await eventually(async () => expect((await demo.processes()).length).toBeGreaterThan(idle.length));
    const started = await demo.processes();
    await demo.stop();
    await assertEnded(started);
    expect(await isFree(Number(new URL(compareUrl).port))).toBe(true);
  });

  it('needs a demo', async () => {
    await expect(demo.send('compare')).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^no demo on port \d+ runs/),
    });
  });
});

it('a comparison ends with a demo that is killed', async () => {
  const demo = await startDemo();
  try {
    const idle = (await demo.processes()).length;
    await demo.send('compare catalog-hang');
    // The naive gateway is one of the first two processes of its side.
    await eventually(
      async () => expect((await demo.processes()).length).toBeGreaterThanOrEqual(idle + 4),
      START_MS,
    );
    const started = await demo.processes();
    demo.kill();
    await assertEnded(started);
  } finally {
    await demo.stop();
  }
});

it('the control room shows no comparisons in production, and the demo starts none', async () => {
  const demo = await startDemo({ NODE_ENV: 'production' });
  try {
    expect((await demo.settings()).compareUrl).toBeNull();
    expect((await fetch(`${demo.url}/control-room/compare.html`)).status).toBe(404);
    expect(await demo.send('compare')).toBe('compare does not run with NODE_ENV=production');
  } finally {
    await demo.stop();
  }
});
