import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultScenarios } from '@film-store/contracts';
import { ELSEWHERE, hasBrowser, openBrowser, openPage, findViolations } from '../support/browser.ts';
import { services } from '../../deploy/local/services.ts';
import { eventually } from '../support/eventually.ts';
import { type Store, startStore } from './store.ts';

const TOKEN = 'of-operators-alone';

describe.skipIf(!hasBrowser())('the control room with a token for operators', () => {
  let store: Store;
  let browser: Browser;
  let page: Page;
  /** Errors of the browser, except expected failed requests and the warning about missing HTTPS. */
  const browserErrors: string[] = [];

  beforeAll(async () => {
    store = await startStore({
      DATABASE_URL: '',
      REDIS_URL: '',
      ADMIN_TOKEN: TOKEN,
      JAEGER_URL: 'http://traces.example/ui/',
      GRAFANA_URL: 'http://dashboards.example/',
    });
    browser = await openBrowser();
    const expected = /^Failed to load resource|^The Cross-Origin-Opener-Policy header has been ignored/;
    page = await openPage(browser, browserErrors, expected);
    await page.goto(store.url.replace('localhost', ELSEWHERE));
  });
  afterAll(async () => {
    await browser.close();
    await store.close();
  });

  const form = () => page.getByRole('dialog', { name: 'Sign in' });
  const text = (selector: string) => page.locator(selector).innerText();
  const focused = () => page.evaluate('document.activeElement.id');
  const signIn = async () => {
    await form().waitFor();
    await page.keyboard.type(TOKEN);
    await page.keyboard.press('Enter');
    await form().waitFor({ state: 'hidden' });
  };
  const isLive = () => eventually(async () => expect(await text('#connection')).toBe('Live'));
  const expectReadable = async () => expect(await findViolations(page)).toEqual({ light: [], dark: [] });

  it('opens the sign-in dialog with focus, and hides the system', async () => {
    await form().waitFor();
    expect(await focused()).toBe('token');
    await eventually(async () => {
      expect(await text('#connection')).toBe('Not signed in');
      expect(await text('#film-title')).toBe('The Dark Knight');
    });
    expect(await page.locator('.node').count()).toBe(0);
    expect(await page.locator('#scenarios button').count()).toBe(0);
    expect(await page.locator('#trace-list li').count()).toBe(0);
  });

  it('reports each wrong token', async () => {
    await page.evaluate(recordAlerts);
    for (const wrong of ['not-the-token', 'not-the-token', 'nöt-thé-tökën', '令牌']) {
      await page.keyboard.type(wrong);
      await page.keyboard.press('Enter');
      await eventually(async () =>
        expect(await form().getByRole('alert').innerText()).toBe('The token is wrong.'),
      );
      expect([await focused(), await page.inputValue('#token')]).toEqual(['token', '']);
      expect(await page.evaluate('alerts.splice(0)')).toContain('The token is wrong.');
    }
    await expectReadable();
  });

  it('shows the store without a token, and does not open the dialog again', async () => {
    await page.keyboard.press('Escape');
    await form().waitFor({ state: 'hidden' });
    await page.waitForRequest((request) => request.url().endsWith('/api/home'));
    await page.waitForRequest((request) => request.url().endsWith('/api/home'));
    expect([await form().isVisible(), await text('#connection')]).toEqual([false, 'Not signed in']);
    expect(await text('#summary')).toBe(
      'The store works without a session. Sign in to see and break the system.',
    );
  });

  it('opens the dialog again on request, and signs in with the keyboard only', async () => {
    await page.locator('#session-button').focus();
    await page.keyboard.press('Enter');
    await form().waitFor();
    const reached: unknown[] = [];
    for (const key of ['Tab', 'Tab', 'Shift+Tab', 'Shift+Tab']) {
      await page.keyboard.press(key);
      reached.push(await page.evaluate('document.activeElement.textContent.trim()'));
    }
    expect(reached).toEqual(['Sign in', 'View the store only', 'Sign in', '']);
    expect(await text('#session-error')).toBe('');
    await signIn();
    await isLive();
    for (const { name } of services) await page.locator(`.node[aria-label^="${name}: "]`).waitFor();
    expect(await text('#session-button')).toBe('Sign out');
    expect(await focused()).toBe('session-button');
    await expectReadable();
  });

  // #region part: faults
  // #region part: recommendations
  it('runs a scenario in every service, and ends it', async () => {
    const scenario = page.locator('[data-scenario=recommendations-down]');
    await scenario.focus();
    await page.keyboard.press('Enter');
    await eventually(async () => {
      expect(await scenario.innerText()).toMatch(/\d+ s left/);
      expect(await text('[data-part=recommendations] .badge')).toMatch(/^degraded: popular/);
    });
    expect(await text('#faults-note')).not.toMatch(/not reached/);
    await page.keyboard.press('Enter');
    await eventually(async () =>
      expect(await scenario.innerText()).toBe(faultScenarios['recommendations-down'].title),
    );
  });
  // #endregion part: recommendations
  // #endregion part: faults

  it('links each trace to Jaeger', async () => {
    const listed = page.locator('#trace-list button');
    await eventually(async () => {
      await page.click('#traces-refresh');
      expect(await listed.count()).toBeGreaterThan(1);
    });
    for (const index of [0, 1]) {
      // Tries again, because a newer trace can move the entries between reading and clicking.
      await eventually(async () => {
        const traceId = await listed.nth(index).getAttribute('data-trace');
        expect(traceId).toMatch(/^[\da-f]{32}$/);
        await listed.nth(index).click();
        const link = page.getByRole('link', { name: 'in Jaeger' });
        expect(await link.getAttribute('href')).toBe(`http://traces.example/ui/trace/${traceId}`);
      });
    }
  });

  it('links to the dashboards', async () => {
    const link = page.getByRole('link', { name: 'Dashboards' });
    expect(await link.getAttribute('href')).toBe('http://dashboards.example/');
  });

  it('stays signed in after a reload, without a stored token', async () => {
    await page.reload();
    await isLive();
    expect([await form().isVisible(), await text('#session-button')]).toEqual([false, 'Sign out']);
    const stored = await page.context().storageState();
    expect(stored.cookies.map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite])).toEqual([
      ['ops-session', true, 'Strict'],
    ]);
    expect(JSON.stringify(stored)).not.toContain(TOKEN);
  });

  // #region part: faults
  it('opens the dialog after the session has expired, and does not repeat the rejected change', async () => {
    const scenario = page.locator('[data-scenario=catalog-down]');
    await scenario.waitFor();
    let changes = 0;
    page.on('request', (request) => {
      if (request.method() === 'PUT') changes += 1;
    });
    await page.context().clearCookies();
    await scenario.click();
    await signIn();
    await eventually(async () => expect(await text('#faults-note')).toMatch(/^Each scenario ends by itself/));
    expect([await scenario.getAttribute('aria-pressed'), changes]).toEqual(['false', 1]);
    await isLive();
  });
  // #endregion part: faults

  it('ends the session on sign-out, also for a copied cookie', async () => {
    const [kept] = await page.context().cookies();
    await page.click('#session-button');
    await form().waitFor();
    expect(await page.context().cookies()).toEqual([]);
    const headers = { cookie: `${kept?.name}=${kept?.value}` };
    expect((await fetch(`${store.url}/ops/state`, { headers })).status).toBe(401);
  });

  it('reports an unreachable gateway, and signs in after it is reachable again', async () => {
    await page.context().setOffline(true);
    await page.keyboard.type(TOKEN);
    await page.keyboard.press('Enter');
    await eventually(async () =>
      expect(await form().getByRole('alert').innerText()).toBe('The gateway does not respond. Try again.'),
    );
    await page.context().setOffline(false);
    await signIn();
    await isLive();
  });

  it('causes no errors in the browser', () => {
    expect(browserErrors).toEqual([]);
  });
});

/** Runs in the page. Records each change of the alert, which screen readers announce. */
const recordAlerts = `globalThis.alerts = [];
new MutationObserver((changes) => {
  for (const { target, addedNodes } of changes) if (addedNodes.length) alerts.push(target.textContent);
}).observe(document.getElementById('session-error'), { childList: true })`;
