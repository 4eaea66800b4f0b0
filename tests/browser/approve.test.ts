import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { EVERY_PAGE, listPageTitles } from './everyPage.ts';
import { openBrowser, type OpenBrowser } from './openBrowser.ts';
import { type DemoSystem, startDemoSystem } from './startDemoSystem.ts';
import { violations } from './violations.ts';

// The pictures of the documentation are taken anew on purpose only: SCREENSHOTS=docs npm run test:integration
const SHOTS = join(
  projectRoot,
  process.env['SCREENSHOTS'] === 'docs' ? 'docs' : '.cache',
  'screenshots',
);

const MODES = [
  [1280, 'light'],
  [1280, 'dark'],
  [360, 'dark'],
  [360, 'light'],
] as const;

let system: DemoSystem;
let opened: OpenBrowser;
let page: Page;

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  system = await startDemoSystem();
  opened = await openBrowser({ context: { timezoneId: 'UTC' } });
  page = await opened.newPage();
});

afterAll(async () => {
  await opened.close();
  await system.close();
});

const shot = (name: string) => page.screenshot({ path: join(SHOTS, `${name}.png`) });

describe('the dashboard, on the demo', () => {
  it('asks for a sign-in, refuses a wrong password and lets the admin in', async () => {
    await page.goto(system.uiUrl);
    await page.getByLabel('User name').fill('admin');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('The user name or the password is not right').waitFor();
    // The browser itself reports the 401 that was just provoked.
    opened.complaints.length = 0;
    await page.getByLabel('Password').fill(system.adminPassword);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  });

  it('shows cost for each day and service, in each currency by itself', async () => {
    await page.getByRole('heading', { name: 'Cost a day by service, USD' }).waitFor();
    await page.getByRole('heading', { name: 'Cost a day by service, EUR' }).waitFor();
    await page.locator('.uplot').first().waitFor();
    await page.getByRole('button', { name: /Amazon Elastic Compute Cloud/ }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('shows the use of language models behind the demo’s costs', async () => {
    await page.getByRole('link', { name: 'LLM', exact: true }).click();
    await page.getByRole('heading', { name: 'Cost a day by model, USD' }).waitFor();
    await page.locator('.uplot').first().waitFor();
    await page.getByRole('heading', { name: /^Forecast to / }).waitFor();
    await page.getByLabel('Group by').selectOption('project');
    await page
      .getByRole('region', { name: 'Use by project' })
      .getByText('Customer support assistant')
      .waitFor();
    const fresh = page.getByRole('listitem').filter({ hasText: 'Northwind Anthropic' });
    await fresh.getByText('demo').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('lists what the Detective found in the data and explains the new instance', async () => {
    await page.getByRole('link', { name: 'Anomalies', exact: true }).click();
    const finding = page
      .getByRole('link', { name: /Amazon Elastic Compute Cloud - Compute in us-east-1/ })
      .first();
    await finding.waitFor({ timeout: 60_000 });
    expect(await violations(page)).toEqual([]);
    await finding.click();
    await page.getByText('BoxUsage:m5.4xlarge').first().waitFor();
    await page.locator('.uplot').first().waitFor();
    await page.getByRole('heading', { name: 'By usage type' }).waitFor();
    await page.getByText('What was not there before explains most of it.').waitFor();
    const added = page.getByRole('definition').filter({ hasText: '$' });
    expect(await added.count()).toBeGreaterThanOrEqual(5);
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(SHOTS, 'anomaly-whole.png'), fullPage: true });
  });

  it('takes a person’s word for a finding', async () => {
    await page.getByRole('link', { name: 'All anomalies' }).click();
    await page.getByRole('link', { name: /Claude API/ }).click();
    const status = page.getByTestId('anomaly-status');
    await status.filter({ hasText: 'open' }).waitFor();
    await page.getByRole('button', { name: 'Expected', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Was this expected?' });
    await dialog.getByLabel('Which days').selectOption({ index: 1 });
    await dialog.getByLabel('Reason (optional)').fill('The weekly evaluation run');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Expected' }).click();
    await status.filter({ hasText: 'expected: The weekly evaluation run' }).waitFor();
    await page.getByText(/admin: expected, always on this day of the week/).waitFor();
  });

  it('approves the proposed action by clicking and sees it succeed', async () => {
    await page.getByRole('link', { name: 'Actions', exact: true }).click();
    await page
      .getByRole('link', { name: /Resize batch-worker to m5.2xlarge/ })
      .click({ timeout: 60_000 });
    const status = page.getByTestId('action-status');
    await status.filter({ hasText: 'proposed' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await shot('action-proposed');
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Approve this action?' });
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Approve action' }).click();
    // Nothing is reloaded by hand: the page follows the event stream.
    await status.filter({ hasText: 'succeeded' }).waitFor({ timeout: 60_000 });
    await page.getByText('The instance is running').waitFor();
    await shot('action-succeeded');
    expect(await system.instanceType('batch-worker')).toEqual({
      type: 'm5.2xlarge',
      state: 'running',
    });
  });

  it('leads to the action’s history in the Temporal Web UI, which only admins read in plain text', async () => {
    const link = page.getByRole('link', { name: 'Open in Temporal Web UI' });
    const address = (await link.getAttribute('href')) ?? '';
    const [, actionId = ''] =
      /\/namespaces\/costguard\/workflows\/action-([0-9a-f-]{36})\/[0-9a-f-]{36}\/history$/.exec(
        address,
      ) ?? [];
    expect(actionId).not.toBe('');
    const input = new RegExp(`"actionId":\\s*"${actionId}"`);
    const context = await opened.browser.newContext();
    const temporal = await context.newPage();
    await temporal.goto(address);
    await temporal.getByText('actionApproval').first().waitFor({ timeout: 60_000 });
    await temporal.getByText('Sign in to CostGuard as an admin').waitFor();
    expect(await temporal.locator('body').innerText()).not.toMatch(input);
    // Cookies belong to a host, and the Web UI is told of the dashboard by its public address.
    await temporal.goto(system.uiUrl.replace('127.0.0.1', 'localhost'));
    await temporal.getByLabel('User name').fill('admin');
    await temporal.getByLabel('Password').fill(system.adminPassword);
    await temporal.getByRole('button', { name: 'Sign in' }).click();
    await temporal.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await temporal.goto(address);
    await temporal.getByText(input).first().waitFor({ timeout: 60_000 });
    await context.close();
  });

  it('shows the health of every connection', async () => {
    await page.getByRole('link', { name: 'Connections', exact: true }).click();
    await page.getByRole('heading', { name: 'Northwind AWS' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: /^Detection ?: Northwind AWS$/ }).click();
    const dialog = page.getByRole('dialog', { name: 'How Northwind AWS is judged' });
    await dialog.getByLabel(/Smallest move worth raising, a day/).fill('4.5');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Northwind AWS is judged anew at its next poll.').waitFor();
  });

  it('tells on the overview what the month will cost, against the budget for it', async () => {
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.getByRole('heading', { name: /^Forecast to .*, USD$/ }).waitFor();
    await page.getByRole('heading', { name: /^Forecast to .*, EUR$/ }).waitFor();
    await page.getByText(/between \$[\d,]+ and \$[\d,]+/).waitFor();
    await page.getByText(/\d+% of All spend in USD/).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('shows where budgets stand, warns of one, and adds, changes and deletes one by keyboard', async () => {
    await page.getByRole('link', { name: 'Budgets', exact: true }).click();
    await page.getByRole('heading', { name: 'Anthropic API' }).waitFor();
    const panel = (name: string) =>
      page.locator('section', { has: page.getByRole('heading', { name, exact: true }) });
    await panel('Anthropic API').getByText('warned').first().waitFor({ timeout: 60_000 });
    await panel('Azure')
      .getByRole('img', { name: /of the amount spent, .*% forecast/ })
      .waitFor();
    expect(await violations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Add budget' }).focus();
    await page.keyboard.press('Enter');
    const adding = page.getByRole('dialog', { name: 'Add a budget' });
    await adding.getByLabel('Name', { exact: true }).fill('Storage');
    await adding.getByLabel('Amount').fill('900');
    await adding.getByLabel('Service').fill('Amazon Simple Storage Service');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await panel('Storage').getByText('$900.00 a month · Amazon Simple Storage Service').waitFor();

    await page.getByRole('button', { name: /^Edit.*Storage$/ }).click();
    const editing = page.getByRole('dialog', { name: 'Edit “Storage”' });
    await editing.getByLabel('Amount').fill('950');
    await editing.getByLabel('Warn at, in percent').fill('75, 100');
    await editing.getByRole('button', { name: 'Save' }).click();
    await panel('Storage').getByText('$950.00 a month').waitFor();
    await panel('Storage').getByText(/^75%/).waitFor();

    await page.getByRole('button', { name: /^Delete.*Storage$/ }).click();
    const deleting = page.getByRole('dialog', { name: 'Delete “Storage”?' });
    expect(await violations(page)).toEqual([]);
    await deleting.getByRole('button', { name: 'Delete budget' }).click();
    await panel('Storage').waitFor({ state: 'detached' });
  });

  it('has every page in the walk below', () => {
    expect(listPageTitles().length).toBeGreaterThan(10);
    expect(EVERY_PAGE.map(({ title }) => title).sort()).toEqual(listPageTitles().sort());
  });

  it.each(EVERY_PAGE)(
    'shows $title on a desk and on a telephone, in the light and in the dark',
    async ({ title, picture, open, reads }) => {
      await open(page);
      await page.waitForFunction(`document.title === '${title} · CostGuard AI'`);
      const main = page.getByRole('main');
      for (const text of reads)
        await main.getByText(text).filter({ visible: true }).first().waitFor();
      await page.waitForFunction(`document.querySelector('main .skeleton') === null`);
      for (const [width, colorScheme] of MODES) {
        await page.setViewportSize({ width, height: width > 760 ? 860 : 740 });
        await page.emulateMedia({ colorScheme });
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(overflow, `${width} px hold it`).toBeLessThanOrEqual(0);
        expect(await violations(page), `${width} px, ${colorScheme}`).toEqual([]);
        if (width > 760 && colorScheme === 'light') await shot(picture);
        if (width < 760 && colorScheme === 'dark') await shot(`${picture}-dark-360`);
      }
      await page.setViewportSize({ width: 1280, height: 860 });
      await page.emulateMedia({ colorScheme: 'light' });
    },
  );

  it('says so where there is no such page', async () => {
    await page.goto(`${system.uiUrl}/nowhere`);
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('calls the API for real from Swagger UI after Authorize', async () => {
    const docs = await opened.browser.newPage();
    await docs.goto(`${system.apiUrl}/docs/`);
    await docs.getByRole('button', { name: 'Authorize' }).first().click();
    const bearer = docs.locator('.auth-container', { hasText: 'bearer' }).first();
    await bearer.getByRole('textbox').fill(await system.token('connections:read'));
    await bearer.getByRole('button', { name: 'Apply credentials' }).click();
    await bearer.getByRole('button', { name: 'Close' }).click();
    const operation = docs.locator('#operations-Connections-getConnections');
    await operation.locator('.opblock-summary').click();
    await operation.getByRole('button', { name: 'Try it out' }).click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    await operation.locator('.live-responses-table').getByText('Northwind AWS').first().waitFor();
    await docs.close();
  });

  it('signs out', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });

  it('ends every process on Ctrl-C and leaves no port taken', async () => {
    await system.launcher.stop();
    const end = await system.launcher.ended;
    expect(end).toEqual({ code: 0, signal: null });
    expect(await system.takenPorts()).toEqual([]);
  });

  it('wrote no error into the browser’s console', () => {
    expect(opened.complaints).toEqual([]);
  });
});
