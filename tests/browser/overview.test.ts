import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { ActionCreate } from '../../core/contracts/action.ts';
import type { CostRecord } from '../../core/focus/costRecord.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { insertAction } from '../../db/queries/actions/insertAction.ts';
import { replaceCosts } from '../../db/queries/costs/replaceCosts.ts';
import { charge } from '../api/charge.ts';
import type { TestUser } from '../api/createTestIdentities.ts';
import { actionProposal, addConnection, anomalyReport } from '../api/samples.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { openDashboard, type OpenDashboard } from './openDashboard.ts';
import { violations } from './violations.ts';

// The pictures of the documentation are taken anew on purpose only: SCREENSHOTS=docs npm run test:integration
const SHOTS = join(
  projectRoot,
  process.env['SCREENSHOTS'] === 'docs' ? 'docs' : '.cache',
  'screenshots',
);
const FIRST_LOAD_BYTES_MAX = 170_000;

const TODAY = utcDay(new Date());
const ago = (days: number) => addDays(TODAY, -days);

let api: TestApi;
let ui: OpenDashboard;
let page: Page;
let admin: TestUser;
let aws: string;
let actionId: string;

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  api = await startTestApi({ env: { DEMO_MODE: 'false' } });
  api.services.changes.start();
  admin = await api.signIn('admin');
  aws = await addConnection(api.services.db, { name: 'production' });
  const gcp = await addConnection(api.services.db, { name: 'data', provider: 'gcp' });
  await store(aws, 'aws', [
    ...daily('40', { serviceName: 'EC2', subAccountId: 'web', tags: { team: 'blue' } }),
    ...daily('25', { serviceName: 'EC2', subAccountId: 'batch', tags: { team: 'green' } }),
    ...daily('10', { serviceName: 'S3', subAccountId: 'web', tags: { team: 'blue' } }),
  ]);
  await store(gcp, 'gcp', daily('30', { serviceName: 'BigQuery', regionId: 'europe-west1' }));
  // On the newest 10 days EC2 costs more, and only there.
  await store(
    aws,
    'aws',
    Array.from({ length: 10 }, (_, i) =>
      charge(ago(10 - i), '70', { serviceName: 'EC2', subAccountId: 'web', regionId: 'us-east-1' }),
    ),
    { from: ago(10), keep: true },
  );
  const budget = { name: 'Everything', amount: '4500', currency: 'USD', filter: {} };
  await api.call('POST', '/api/v1/budgets', { as: admin.as, body: budget });
  await api.call('POST', '/api/v1/anomalies', {
    as: admin.as,
    body: anomalyReport(aws, { startedOn: ago(9), lastSeenOn: ago(8), serviceName: 'EC2' }),
  });
  actionId = await addExecutedAction();
  ui = await openDashboard({ apiUrl: api.url, context: { timezoneId: 'UTC' } });
  page = ui.page;
});

afterAll(async () => {
  await ui.close();
  await api.close();
});

/** The same cost on each of 90 days up to yesterday. */
const daily = (cost: string, given: Partial<CostRecord>) =>
  Array.from({ length: 90 }, (_, i) => charge(ago(90 - i), cost, given));

async function store(
  connectionId: string,
  provider: 'aws' | 'gcp',
  rows: CostRecord[],
  { from = ago(90), keep = false } = {},
): Promise<void> {
  const before = keep ? stored.filter((row) => row.chargePeriodStart >= from) : [];
  stored = [...stored, ...rows];
  await replaceCosts(api.services.pool, {
    connectionId,
    provider,
    from,
    to: TODAY,
    rows: [...before.filter((row) => row.serviceName !== 'BigQuery'), ...rows],
    seenAt: new Date(),
  });
}
let stored: CostRecord[] = [];

async function addExecutedAction(): Promise<string> {
  const { db } = api.services;
  const id = randomUUID();
  const create = ActionCreate.parse(actionProposal(aws));
  const proposedBy = { kind: 'user', id: admin.id, name: admin.username } as const;
  const expiresAt = new Date(Date.now() + 3_600_000);
  await db.transaction().execute((tx) => insertAction(tx, { id, create, proposedBy, expiresAt }));
  await db
    .insertInto('action_events')
    .values({
      action_id: id,
      seq: 99,
      event_key: 'executing',
      at: new Date(`${ago(4)}T12:00:00Z`),
      type: 'status',
      status: 'executing',
      actor: 'system',
      summary: 'x',
    })
    .execute();
  return id;
}

const chart = () =>
  page
    .locator('section.panel')
    .filter({ has: page.getByRole('heading', { name: /Cost a day by/ }) });
const group = (name: string) =>
  chart()
    .getByRole('region', { name: /^Cost of each/ })
    .getByRole('row')
    .filter({ hasText: name });
const query = () => new URL(page.url()).searchParams;
const shot = (name: string) =>
  page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });

describe('the first visit', () => {
  it(`loads ${FIRST_LOAD_BYTES_MAX / 1000} kB of compressed JavaScript at most until the chart is drawn`, async () => {
    const scripts: { url: string; bytes: number; encoding: string | undefined }[] = [];
    const reading: Promise<void>[] = [];
    const listen = async (response: Awaited<ReturnType<Page['waitForResponse']>>) => {
      const url = response.url();
      if (!url.endsWith('.js')) return;
      const { responseBodySize } = await response.request().sizes();
      const encoding = (await response.allHeaders())['content-encoding'];
      scripts.push({ url, bytes: responseBodySize, encoding });
    };
    page.on('response', (response) => reading.push(listen(response)));
    await ui.signIn(admin.username, '/');
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await page.locator('.uplot canvas').first().waitFor();
    await Promise.all(reading);
    expect(scripts.map(({ bytes }) => bytes)).not.toContain(0);
    const sum = scripts.reduce((total, { bytes }) => total + bytes, 0);
    expect(scripts.length).toBeGreaterThan(2);
    expect(sum, JSON.stringify(scripts)).toBeLessThanOrEqual(FIRST_LOAD_BYTES_MAX);
    // So it is for a browser that knows no Brotli.
    const zipped = scripts.map(({ url, bytes, encoding }) => {
      const file = join(projectRoot, 'ui', 'dist', new URL(url).pathname);
      return encoding === undefined ? bytes : readFileSync(`${file}.gz`).length;
    });
    expect(zipped.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(FIRST_LOAD_BYTES_MAX);
    expect(
      scripts.filter(({ bytes }) => bytes > 2000).map(({ encoding }) => encoding),
    ).not.toContain(undefined);
  });
});

describe('the overview', () => {
  it('tells the total, its change, the forecast with its interval, the budget, and is clean for axe', async () => {
    // 105 a day, and 70 more on the last ten days.
    await page.getByRole('heading', { name: 'Total in USD' }).waitFor();
    const main = page.getByRole('main');
    await main.getByText('$3,850.00', { exact: true }).first().waitFor();
    await main.getByText(/\+22\.2%.*against\s+\$3,150\.00\s+before/).waitFor();
    await main.getByText(/between \$[\d,.]+ and \$[\d,.]+/).waitFor();
    await main.getByText(/\d+% of Everything, \$4,500\.00 a month/).waitFor();
    await chart().getByText('Budget Everything: $4,500.00 a month').waitFor();
    await chart()
      .getByText(/^Total before, from /)
      .waitFor();
    await chart().getByText('Trend: mean of seven days').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('marks findings and executed actions, and leads to them', async () => {
    const marks = chart().getByRole('list', { name: 'What happened in this period' });
    const texts = await marks.getByRole('listitem').allTextContents();
    expect(texts.map((text) => text.trim().replaceAll(/\s+/g, ' '))).toEqual([
      expect.stringMatching(/^Action .* resize instance: i-/),
      expect.stringMatching(/^Finding .* EC2$/),
    ]);
    expect(await marks.getByRole('link').first().getAttribute('href')).toBe(`/actions/${actionId}`);
  });

  it('tells what moved most', async () => {
    const movers = page.getByRole('region', { name: 'What moved most' });
    const cells = await movers.getByRole('row').nth(1).getByRole('cell').allTextContents();
    expect(cells.map((cell) => cell.trim().replaceAll(/\s+/g, ' '))).toEqual([
      'EC2 AWS',
      '$2,650.00',
      '$1,950.00',
      '+$700.00',
      '+35.9%',
    ]);
    await shot('overview-history');
  });

  it('goes from a service to its accounts by keyboard, keeps that in the address, and back', async () => {
    await group('EC2').getByRole('link').press('Enter');
    await page.getByRole('heading', { name: 'Cost a day by account, USD' }).waitFor();
    expect(Object.fromEntries(query())).toEqual({ service: 'EC2', group_by: 'account' });
    await group('batch').getByText('28.3%').waitFor();
    await page.getByRole('button', { name: 'Remove the filter Service EC2' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await group('batch').getByRole('link').click();
    await page.getByRole('heading', { name: 'Cost a day by region, USD' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Cost a day by account, USD' }).waitFor();
    // Somebody else opens the same address.
    await page.reload();
    await group('web').waitFor();
    await page.getByRole('button', { name: 'Remove the filter Service EC2' }).press('Enter');
    await group('Without a value').waitFor();
  });

  it('goes into a group by a click on its bar', async () => {
    await page.getByLabel('Group by').selectOption('provider');
    await page.getByRole('heading', { name: 'Cost a day by provider, USD' }).waitFor();
    await group('Google Cloud').waitFor();
    const box = (await chart().locator('.u-over').boundingBox())!;
    await page.mouse.click(box.x + box.width / 2, box.y + box.height - 4);
    await page.getByRole('button', { name: 'Remove the filter Provider AWS' }).waitFor();
    await page.getByRole('heading', { name: 'Cost a day by service, USD' }).waitFor();
    await page.getByRole('button', { name: 'Remove the filter Provider AWS' }).click();
  });

  it('groups by a tag and goes into one of its values', async () => {
    await page.getByLabel('Group by').selectOption('tag');
    await page.getByText('Choose the tag to group by.').waitFor();
    await page.getByRole('combobox', { name: 'Tag', exact: true }).selectOption('team');
    await page.getByRole('heading', { name: 'Cost a day by tag team, USD' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await group('blue').getByRole('link').click();
    await page.getByRole('button', { name: 'Remove the filter Tag team = blue' }).waitFor();
    await page.getByRole('heading', { name: 'Cost a day by service, USD' }).waitFor();
    await group('EC2').getByText('$1,200.00').waitFor();
    expect(await page.getByRole('heading', { name: /^Forecast to/ }).count()).toBe(0);
  });

  it('saves what is seen as CSV', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download what is seen as CSV' }).click(),
    ]);
    const text = readFileSync(await download.path(), 'utf8');
    const lines = text.trim().split('\r\n');
    expect(lines[0]).toBe('date,service,label,currency,cost');
    expect(lines).toContain(`${ago(1)},EC2,EC2,USD,40`);
    expect(lines).toHaveLength(61);
  });

  it('compares with a year before, with nothing, and shows another period', async () => {
    await page.goto(`${ui.uiUrl}/?days=7&compare=year`);
    await page.getByText(/against\s+\$0\.00\s+a year before/).waitFor();
    await page.getByLabel('Compare with').selectOption('none');
    await page
      .getByText(/against\s+\$/)
      .first()
      .waitFor({ state: 'detached' });
    expect(await page.getByRole('region', { name: 'What moved most' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Last month' }).press('Enter');
    expect(query().get('days')).toBe('last-month');
  });

  it('says what to do where there is nothing', async () => {
    await page.goto(`${ui.uiUrl}/?service=Nothing`);
    await page.getByText('Remove a filter, or choose another period.').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('says what is wrong when costs cannot be read, and reads them again', async () => {
    await page.route('**/api/v1/usage/costs?*', (route) => route.abort());
    await page.goto(`${ui.uiUrl}/`);
    const retries = page.getByRole('main').getByRole('button', { name: 'Try again' });
    await expect.poll(() => retries.count()).toBe(3);
    expect(await violations(page)).toEqual([]);
    await page.unroute('**/api/v1/usage/costs?*');
    // The forecast, the costs, and what the chart is compared with.
    for (const last of [3, 2, 1]) {
      await expect.poll(() => retries.count()).toBe(last);
      await retries.first().click();
    }
    await expect.poll(() => retries.count()).toBe(0);
    await chart()
      .getByText(/^Total before, from /)
      .waitFor();
  });

  it('says so when a page cannot be loaded', async () => {
    await page.route('**/assets/Savings-*.js', (route) => route.abort());
    await page.getByRole('link', { name: 'Savings', exact: true }).click();
    await page.getByText('This page could not be loaded').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.unroute('**/assets/Savings-*.js');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Savings', level: 1 }).waitFor();
  });

  it('fits a telephone and the dark', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${ui.uiUrl}/?service=EC2&group_by=account`);
    await page.locator('.uplot canvas').first().waitFor();
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(360);
    expect(await violations(page)).toEqual([]);
    await shot('overview-history-dark-360');
  });

  it('says nothing on the console but what was provoked', () => {
    expect(ui.complaints.filter((text) => !text.includes('net::ERR_FAILED'))).toEqual([]);
  });
});
