import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Service, createService } from '@film-store/service';
import { gateway } from '../src/gateway.ts';
import { type CalledServices, startCalledServices } from './called-services.ts';

const CHROMIUM = '/usr/bin/chromium';

describe.skipIf(!existsSync(CHROMIUM))('the API documentation in Chromium', () => {
  let browser: Browser;
  let called: CalledServices;
  let service: Service;
  let url: string;

  beforeAll(async () => {
    called = await startCalledServices();
    service = await createService(gateway, {
      PORT: '0',
      LOG_LEVEL: 'silent',
      IDEMPOTENCY_SECRET: 'a secret of thirty-two characters',
      ...called.env,
    });
    url = await service.start();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
    called.close();
  });

  it('runs an operation without a violation of its content security policy', async () => {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    const response = await page.goto(`${url}/docs`);
    expect(response?.headers()['content-security-policy']).toContain("script-src 'self';");
    await page.locator('.opblock').first().waitFor();
    await page.locator('.opblock', { hasText: '/api/home' }).locator('.opblock-summary').click();
    await page.locator('.try-out__btn').click();
    await page.locator('button.execute').click();
    await page.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
    expect(errors).toEqual([]);
  });
});
