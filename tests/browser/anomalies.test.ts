import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { Anomaly } from '../../core/contracts/anomaly.ts';
import { replaceCosts } from '../../db/queries/costs/replaceCosts.ts';
import { TEST_PASSWORD } from '../api/createTestIdentities.ts';
import { charge } from '../api/charge.ts';
import { actionProposal, addConnection, anomalyReport } from '../api/samples.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { openDashboard, type OpenDashboard } from './openDashboard.ts';
import { violations } from './violations.ts';

const SHOTS = join(projectRoot, '.cache', 'screenshots');
const SERVICES = ['Amazon S3', 'Amazon RDS', 'Amazon EC2'];

let api: TestApi;
let ui: OpenDashboard;
let page: Page;
let connectionId: string;

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  api = await startTestApi();
  api.services.changes.start();
  connectionId = await addConnection(api.services.db, { name: 'Shop', mode: 'read_only' });
  const detective = await api.addService(['anomalies:write', 'actions:propose']);
  for (const serviceName of SERVICES) {
    const body = anomalyReport(connectionId, { serviceName, attribution: attribution() });
    const reply = await api.call('POST', '/api/v1/anomalies', { as: detective.as, body });
    if (serviceName !== 'Amazon EC2') continue;
    const proposal = actionProposal(connectionId, { anomalyId: reply.read(Anomaly).id });
    await api.services.db.updateTable('connections').set({ mode: 'actions' }).execute();
    await api.call('POST', '/api/v1/actions', { as: detective.as, body: proposal });
  }
  await replaceCosts(api.services.pool, {
    ...{ connectionId, provider: 'aws', from: '2026-10-01', to: '2026-11-20' },
    rows: Array.from({ length: 50 }, (_, n) => {
      const day = new Date(Date.UTC(2026, 9, 1 + n)).toISOString().slice(0, 10);
      const given = { subAccountId: '123456789012', regionId: 'us-east-1' };
      return charge(day, n < 48 ? '40' : '120.5', { serviceName: 'Amazon EC2', ...given });
    }),
    seenAt: new Date('2026-11-20T07:00:00Z'),
  });
  ui = await openDashboard({ apiUrl: api.url, context: { timezoneId: 'UTC' } });
  page = ui.page;
});

afterAll(async () => {
  await ui.close();
  await api.close();
});

function attribution() {
  const cause = (value: string, share: number) => ({
    path: [
      { dimension: 'SubAccountId', value: '123456789012' },
      { dimension: 'SkuMeter', value },
    ],
    ...{ direction: 'up', expected: '0', actual: '40', excess: String(160 * share), share },
  });
  const change = { usage: '0', price: '0', mix: '0', added: '160', removed: '0', total: '160' };
  return { causes: [cause('BoxUsage:m5.large', 0.3), cause('BoxUsage:m5.4xlarge', 0.7)], change };
}

const shot = (name: string) =>
  page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()');
const row = (service: string) =>
  page.getByRole('list', { name: 'Anomalies' }).getByRole('listitem').filter({ hasText: service });

describe('the list of anomalies', () => {
  it('shows of each how much, since when, what drives it, and its last days', async () => {
    const { username } = await api.addUser('operator');
    await ui.signIn(username, '/anomalies');
    const found = row('Amazon EC2');
    await found.getByText('+$160.00').waitFor();
    await found.getByText('since Nov 18, 2026').waitFor();
    await found.getByText('i-0123456789abcdef0').waitFor();
    await found.getByText('90%').waitFor();
    await found.getByText('high').waitFor();
    await found
      .getByRole('img', { name: '30 days to Nov 19, 2026, from $40.00 to $120.50 a day' })
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await shot('anomalies-list');
  });

  it('is walked with j and k, and Enter opens what has the focus', async () => {
    await page.keyboard.press('j');
    expect(await focused()).toContain('Amazon EC2');
    await page.keyboard.press('j');
    expect(await focused()).toContain('Amazon RDS');
    await page.keyboard.press('k');
    expect(await focused()).toContain('Amazon EC2');
    await page.keyboard.press('k');
    expect(await focused()).toContain('Amazon EC2');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /Amazon EC2/, level: 1 }).waitFor();
    await page.goBack();
    await row('Amazon EC2').waitFor();
  });

  it('says with a and r what the finding with the focus is, after asking', async () => {
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('a');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: 'Is this a real anomaly?' }).waitFor();
    // Keys that are typed into a dialog are text.
    await dialog.getByLabel('Reason (optional)').fill('');
    await dialog.getByLabel('Reason (optional)').pressSequentially('jar');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await focused()).toContain('Amazon RDS');
    await page.keyboard.press('r');
    await dialog.getByRole('heading', { name: 'Is this a false alarm?' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await dialog.getByLabel('Reason (optional)').fill('The yearly backup');
    await dialog.getByRole('button', { name: 'False alarm' }).click();
    await row('Amazon RDS').waitFor({ state: 'detached' });
    await page.getByLabel('Status').selectOption('false_alarm');
    await row('Amazon RDS').getByText('false alarm').waitFor();
    await page.getByLabel('Severity').selectOption('low');
    await page
      .getByText('Nothing unusual with the status “false alarm” and low severity.')
      .waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('tells its keys in a sheet, and lets them be switched off', async () => {
    await page.goto(`${ui.uiUrl}/anomalies`);
    await row('Amazon EC2').waitFor();
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await sheet.getByText('Next finding').waitFor();
    await sheet.getByText('False alarm (the finding that has the focus)').waitFor();
    expect(await violations(page)).toEqual([]);
    await shot('shortcuts');
    await sheet.getByLabel('Use single keys as shortcuts').uncheck();
    await sheet.getByRole('button', { name: 'Close' }).click();
    await page.reload();
    await row('Amazon EC2').waitFor();
    await page.keyboard.press('j');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('BODY');
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await sheet.getByLabel('Use single keys as shortcuts').check();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });
  });
});

describe('an anomaly', () => {
  it('shows its series, where it comes from as a tree, its proposals and its history', async () => {
    await row('Amazon EC2').getByRole('link').click();
    await page.getByText('Costs were three times what was expected.').waitFor();
    await page.locator('.uplot').waitFor();
    const tree = page.getByRole('list', { name: 'Where it comes from' });
    const account = tree.getByRole('listitem').first();
    await account.getByText('123456789012').waitFor();
    const leaves = account.getByRole('list').getByRole('listitem');
    expect(await leaves.allInnerTexts()).toEqual([
      expect.stringMatching(/BoxUsage:m5\.4xlarge\s+\+\$112\.00 · 70%/),
      expect.stringMatching(/BoxUsage:m5\.large\s+\+\$48\.00 · 30%/),
    ]);
    await page
      .getByRole('article')
      .getByRole('link', { name: /^Resize/ })
      .waitFor();
    const history = page.getByRole('region', { name: 'History' });
    await history.getByRole('link', { name: /proposed: Resize .* \(proposed\)/ }).waitFor();
    await history.getByText('Found; it began on Nov 18, 2026').waitFor();
    await page.keyboard.press('r');
    await page.getByRole('dialog').getByRole('button', { name: 'False alarm' }).click();
    await page.getByTestId('anomaly-status').filter({ hasText: 'false alarm' }).waitFor();
    await history.getByText(/^operator-\w+: false alarm$/).waitFor();
    expect(await violations(page)).toEqual([]);
    await shot('anomaly-detail');
  });

  it('fits a screen of 360 px, as the list does, whose menu is behind a button', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    const tooWide = () =>
      page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth');
    expect(await tooWide()).toBe(false);
    expect(await violations(page)).toEqual([]);
    const menu = page.getByRole('button', { name: 'Menu' });
    await menu.click();
    expect(await menu.getAttribute('aria-expanded')).toBe('true');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Anomalies', exact: true }).click();
    await row('Amazon S3').waitFor();
    expect(await menu.getAttribute('aria-expanded')).toBe('false');
    expect(await tooWide()).toBe(false);
    expect(await violations(page)).toEqual([]);
    await shot('anomalies-360');
  });

  it('writes numbers, money and days as the reader’s language does', async () => {
    const { username } = await api.addUser('viewer');
    const context = await ui.browser.newContext({ locale: 'de-DE', timezoneId: 'UTC' });
    const german = await context.newPage();
    await german.goto(`${ui.uiUrl}/anomalies`);
    await german.getByLabel('User name').fill(username);
    await german.getByLabel('Password').fill(TEST_PASSWORD);
    await german.getByRole('button', { name: 'Sign in' }).click();
    const found = german.getByRole('listitem').filter({ hasText: 'Amazon S3' }).last();
    await found.getByText(/\+160,00\s\$$/).waitFor();
    await found.getByText('since 18. Nov. 2026').waitFor();
    await context.close();
  });

  it('leaves the console silent', () => {
    expect(ui.complaints).toEqual([]);
  });
});
