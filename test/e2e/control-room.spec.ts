import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { faultScenarios } from '@film-store/contracts';
import { hasBrowser, openBrowser, openPage, findViolations } from '../support/browser.ts';
import { services } from '../../deploy/local/services.ts';
import { eventually } from '../support/eventually.ts';
import { type Store, startStore } from './store.ts';

describe.skipIf(!hasBrowser())('the control room', () => {
  let store: Store;
  let browser: Browser;
  let page: Page;
  /** Errors of the browser, except failed requests: some tests expect those. */
  const browserErrors: string[] = [];

  beforeAll(async () => {
    store = await startStore({
      DATABASE_URL: '',
      REDIS_URL: '',
      // #region part: faults
      FAULTS_ENABLED: 'true',
      // #endregion part: faults
      UPSTREAM_RECOMMENDATIONS_BREAKER_RESET_MS: '2000',
      UPSTREAM_RECOMMENDATIONS_BREAKER_RAMP_MS: '500',
    });
    browser = await openBrowser();
    await open();
  });
  afterAll(async () => {
    await browser.close();
    await store.close();
  });

  const open = async (): Promise<void> => {
    page = await openPage(browser, browserErrors, /^Failed to load resource/);
    await page.goto(store.url);
    await eventually(async () => expect(await text('#connection')).toBe('Live'));
  };
  const text = (selector: string) => page.locator(selector).innerText();
  // #region part: recommendations
  const boxes = () => page.evaluate(readBoxes);
  const put = (name: string, state: string) =>
    fetch(`${store.url}/ops/breakers/${name}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state }),
    });
  const lines = () => page.locator('#transitions li').allInnerTexts();

  afterEach(() => put('recommendations', 'auto'));
  // #endregion part: recommendations

  it('shows the store and the system', async () => {
    await eventually(async () => {
      expect(await text('#film-title')).toBe('The Dark Knight');
      expect(await text('#film-stock')).toMatch(/^\d+ in stock, live$/);
      // #region part: recommendations
      expect(await text('[data-part=recommendations] .badge')).toBe('personalized');
      // #endregion part: recommendations
      expect(await page.locator('#featured li').count()).toBe(10);
    });
    for (const { name } of services)
      expect(await page.locator(`.node[aria-label^="${name}: "]`).count()).toBe(1);
    await eventually(async () => expect(await text('#tiles li:first-child b')).toMatch(/^[1-9]/));
    expect(await page.locator('#plot canvas').count()).toBe(1);
    // #region part: faults
    expect(await page.locator('#scenarios button').count()).toBeGreaterThan(5);
    // #endregion part: faults
  });

  it('places a repeated order once', async () => {
    await page.click('#order');
    await eventually(async () => expect(await text('#order-result')).toMatch(/^201 placed: order/));
    await page.click('#order-repeat');
    await eventually(async () =>
      expect(await text('#order-result')).toMatch(/201 replayed: order .* placed once/),
    );
  });

  // #region part: recommendations
  it('shows an isolated breaker, the degraded feature, and the recovery', async () => {
    await page.locator('.edge[aria-label^="gateway to recommendations"]').press('Enter');
    await page.click('[data-mode=isolated]');
    await eventually(async () => {
      expect(await text('[data-part=recommendations] .badge')).toBe('degraded: popular, breaker-open');
      expect(await text('#edge .badge')).toBe('breaker isolated');
      const reported = (await lines()).join('\n');
      expect(reported).toMatch(/gateway → recommendations breaker isolated by an operator/);
      expect(reported).toMatch(/recommendations is degraded: popular, breaker-open/);
    });
    await page.click('[data-mode=auto]');
    await eventually(async () => {
      expect(await text('[data-part=recommendations] .badge')).toBe('personalized');
      expect(await text('#edge .badge')).toBe('breaker closed');
      expect((await lines()).join('\n')).toMatch(/recommendations has recovered/);
    });
  });
  // #endregion part: recommendations

  // #region part: faults
  // #region part: recommendations
  it('runs a scenario, shows its remaining time, and ends it', async () => {
    const scenario = page.locator('[data-scenario=recommendations-down]');
    await scenario.click();
    await eventually(async () => {
      expect(await scenario.innerText()).toMatch(/\d+ s left/);
      expect(await text('[data-part=recommendations] .badge')).toMatch(/^degraded: popular/);
    });
    await scenario.click();
    await eventually(async () => {
      expect(await scenario.innerText()).toBe(faultScenarios['recommendations-down'].title);
      expect(await text('[data-part=recommendations] .badge')).toBe('personalized');
    });
  });
  // #endregion part: recommendations
  // #endregion part: faults

  it('draws a trace through the services', async () => {
    await eventually(async () => {
      await page.click('#traces-refresh');
      await page.locator('#trace-list button', { hasText: 'products/:id' }).first().click();
      expect(await text('#waterfall')).toMatch(
        /gateway GET \/api\/products\/:id[^]*catalog GET \/products\/:id/,
      );
    });
  });

  it('shows the real load when responses are slow', async () => {
    const visitors = page.locator('#topology .node', { hasText: 'this page' });
    const sent = () => visitors.locator('.sub').textContent();
    await page.route('**/api/**', async (route) => {
      await sleep(1000);
      await route.continue();
    });
    await page.locator('#load').fill('50');
    expect(await text('#load-rate')).toBe('up to 50 requests/s');
    await eventually(async () => expect(await sent()).toMatch(/^[234] requests\/s$/));
    await page.unrouteAll({ behavior: 'wait' });
    await eventually(async () => expect(await sent()).toMatch(/^\d\d requests\/s$/));
  });

  it('makes no load at rate 0', async () => {
    await page.locator('#load').fill('0');
    // A request that was due before the change can still be sent.
    await page.waitForRequest((request) => request.url().endsWith('/api/home'));
    const requested: string[] = [];
    page.on('request', (request) => requested.push(new URL(request.url()).pathname));
    await page.waitForRequest((request) => request.url().endsWith('/api/home'));
    await page.waitForRequest((request) => request.url().endsWith('/api/home'));
    expect(requested.filter((path) => path === '/api/products')).toEqual([]);
  });

  it('meets accessibility rules in light and dark mode during a failure', async () => {
    // #region part: recommendations
    await put('recommendations', 'isolated');
    await eventually(async () =>
      expect(await text('[data-part=recommendations] .badge')).toMatch(/degraded/),
    );
    // #endregion part: recommendations
    expect(await findViolations(page)).toEqual({ light: [], dark: [] });
  });

  it('can be used with the keyboard only', async () => {
    const reached = new Set<string>();
    for (let tab = 0; tab < 80; tab += 1) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(nameOfFocused));
    }
    for (const name of ['load', 'order', 'isolated', 'catalog-down', 'traces-refresh'])
      expect(reached).toContain(name);
    const edge = page.locator('.edge[role=button]').first();
    await edge.focus();
    await page.keyboard.press('Enter');
    expect(await edge.getAttribute('aria-pressed')).toBe('true');
  });

  it('fits a phone', async () => {
    const wide = page.viewportSize();
    const viewBox = () => page.locator('svg.topology').getAttribute('viewBox');
    const narrow = /^-4 -4 3\d\d /;
    await page.setViewportSize({ width: 375, height: 812 });
    await eventually(async () => expect(await viewBox()).toMatch(narrow));
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
    await page.setViewportSize(wide ?? { width: 1280, height: 720 });
    await eventually(async () => expect(await viewBox()).not.toMatch(narrow));
  });

  it('shows the loss of a service and of the gateway, and reconnects', async () => {
    // #region part: recommendations
    const before = await boxes();
    await store.end('recommendations', 'SIGKILL');
    await eventually(async () => {
      expect((await lines()).join('\n')).toMatch(/recommendations is unreachable/);
      expect((await lines()).join('\n')).toMatch(/gateway → recommendations breaker opened/);
      expect(await text('[data-part=recommendations] .badge')).toMatch(/^degraded: popular/);
    });
    expect(await boxes()).toEqual(before);
    // #endregion part: recommendations
    await store.end('gateway', 'SIGTERM');
    await eventually(async () => expect(await text('#connection')).toMatch(/^Connection lost/));
    // #region part: recommendations
    await store.start('recommendations');
    // #endregion part: recommendations
    await store.start('gateway');
    await eventually(async () => {
      expect(await text('#connection')).toMatch(/^Live again/);
      // #region part: recommendations
      expect(await text('[data-part=recommendations] .badge')).toBe('personalized');
      // #endregion part: recommendations
    });
  });

  it('causes no errors in the browser', () => {
    expect(browserErrors).toEqual([]);
  });
});

/** Runs in the page. */
const nameOfFocused = `(() => {
  const { id, dataset } = document.activeElement;
  return dataset.mode ?? dataset.scenario ?? id;
})()`;

// #region part: recommendations
/** Runs in the page. Returns the places in the picture, which moves when the texts above it change. */
const readBoxes = `[...document.querySelectorAll('#topology .node, #topology .chip')].map((element) => {
  const picture = document.querySelector('svg.topology').getBoundingClientRect();
  const { x, y } = element.getBoundingClientRect();
  return [Math.round(x - picture.x), Math.round(y - picture.y)];
})`;
// #endregion part: recommendations
