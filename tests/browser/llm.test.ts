import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import type { Reconciliation } from '../../core/llm/reconcile.ts';
import { replaceReconciliations } from '../../db/queries/llm/replaceReconciliations.ts';
import { addLlmUse, type LlmUseGiven, setPulledUntil } from '../api/addLlmUse.ts';
import { addConnection } from '../api/samples.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { openDashboard, type OpenDashboard } from './openDashboard.ts';
import { violations } from './violations.ts';

const SHOTS = join(projectRoot, '.cache', 'screenshots');
const HOUR_MS = 3_600_000;
const RATES = { input: '0.00000125', cache_read: '0.000000125', output: '0.00001' };

let api: TestApi;
let ui: OpenDashboard;
let page: Page;
let connectionId: string;

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  api = await startTestApi();
  api.services.changes.start();
  ui = await openDashboard({
    apiUrl: api.url,
    context: { timezoneId: 'UTC' },
  });
  page = ui.page;
});

afterAll(async () => {
  await ui.close();
  await api.close();
});

const shot = (name: string) =>
  page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });

/** Two models for three weeks by the hour, the last hour that is over among them. */
function uses(): LlmUseGiven[] {
  const last = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS;
  return Array.from({ length: 21 * 24 }, (_, hour) => {
    const at = new Date(last - hour * HOUR_MS).toISOString();
    const units = { input: '20000', cache_read: '60000', output: '5000' };
    const own = { at, rates: RATES, endpoint: 'completions', requests: '12' };
    return [
      { ...own, units, project: 'proj_search', key: 'key_search' },
      {
        ...own,
        units: { input: String(90_000 - 100 * hour), output: '900' },
        model: 'gpt-5-mini',
        project: 'proj_office',
        key: 'key_office',
      },
    ];
  }).flat();
}

async function storeBill(day: string, classes: Partial<Reconciliation>[]): Promise<void> {
  await replaceReconciliations(api.services.db, {
    ...{ connectionId, day },
    classes: classes.map((row) => ({
      ...{ model: 'gpt-5', meter: 'input' as const, ours: '1', isUnpriced: false, theirs: '1' },
      lines: { [`${row.model ?? 'gpt-5'}, ${row.meter ?? 'input'}`]: row.theirs ?? '1' },
      oursMax: row.ours ?? null,
      ...row,
    })),
  });
}

describe('the page of language models', () => {
  it('says how to begin where nothing is known', async () => {
    const { username } = await api.signIn('admin');
    await ui.signIn(username, '/llm');
    await page.getByRole('heading', { name: 'LLM', level: 1 }).waitFor();
    await page.getByRole('heading', { name: 'No use of language models is known yet' }).waitFor();
    await page.getByText('OPENAI_ADMIN_KEY').waitFor();
    await page.getByText('/api/v1/usage/llm/v1/traces').waitFor();
    expect(await violations(page)).toEqual([]);
    await shot('llm-empty');
  });

  it('shows what a report tells as soon as it was read, without a reload', async () => {
    const { db } = api.services;
    connectionId = await addConnection(db, { name: 'OpenAI of ours', provider: 'openai' });
    await addLlmUse(db, connectionId, uses());
    await setPulledUntil(db, connectionId, new Date().toISOString());
    await page.getByRole('heading', { name: 'Cost a day by model, USD' }).waitFor();
    await page.locator('.uplot').first().waitFor();
    await page.getByRole('region', { name: 'Use by model' }).getByText('gpt-5-mini').waitFor();
    for (const tile of ['Spend', 'Cost of a request', 'Cost of 1,000 tokens', 'Cache share'])
      await page.getByRole('heading', { name: tile, exact: true }).waitFor();
    await page.getByRole('heading', { name: /^Forecast to / }).waitFor();
    await page.getByRole('row', { name: /Input from the cache 30\.2M/ }).waitFor();
    await page.getByRole('heading', { name: 'What moved since the week before' }).waitFor();
    await page
      .getByRole('listitem')
      .filter({ hasText: 'OpenAI of ours' })
      .filter({ hasText: 'report was read up to' })
      .waitFor();
    expect(await page.getByText('No known price').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await shot('llm-report');
  });

  it('sets the bill of a day beside our prices, and says what each difference is', async () => {
    const bills = page.getByRole('region', { name: 'The provider’s bill beside our prices' });
    await bills.getByText('No bill was compared yet').waitFor();
    const [newer, older] = [3, 4].map((days) =>
      new Date(Date.now() - days * 24 * HOUR_MS).toISOString().slice(0, 10),
    );
    await storeBill(newer ?? '', [
      { meter: 'input', ours: '10', theirs: '10' },
      { meter: 'cache_read', ours: '4', theirs: '5' },
      { meter: 'output', ours: '8', oursMax: '12', theirs: '11' },
      { model: 'gpt-new', meter: 'input', ours: null, isUnpriced: true, theirs: '3' },
      { model: '', meter: '', ours: null, theirs: '2', lines: { 'Containers, 1 GB': '2' } },
      { meter: 'web_search', ours: '1', theirs: '0', lines: {} },
    ]);
    await storeBill(older ?? '', [{ meter: 'input', ours: '7', theirs: '7' }]);
    await page.reload();
    for (const row of [
      /^gpt-5: Input .*\$10\.00 \$10\.00 \$0\.00 agrees/,
      /^gpt-5: Input from the cache .*\$4\.00 \$5\.00 \+\$1\.00 drifts/,
      /^gpt-5: Output .*\$8\.00 \$11\.00 \+\$3\.00 open rate/,
      /^gpt-new: Input .*– \$3\.00 \+\$3\.00 no price/,
      /^Other lines of the bill .*– \$2\.00 \+\$2\.00 not in the usage/,
      /^gpt-5: Web searches \$1\.00 \$0\.00 -\$1\.00 not billed/,
      new RegExp(`^All of ${newer ?? ''} \\$23\\.00 \\$31\\.00 \\+\\$8\\.00`),
    ])
      await bills.getByRole('row', { name: row }).waitFor();
    await bills.getByRole('listitem').getByText('Containers, 1 GB $2.00').waitFor();
    expect(await violations(page)).toEqual([]);
    await shot('llm-bills');
    await bills.getByLabel('Day, UTC').selectOption(older ?? '');
    await bills.getByRole('row', { name: `All of ${older ?? ''} $7.00 $7.00 $0.00` }).waitFor();
  });

  it('groups by project and key, by keyboard, and keeps the view in the address', async () => {
    await page.getByLabel('Group by').selectOption('project');
    await page.getByRole('heading', { name: 'Cost a day by project, USD' }).waitFor();
    await page.getByRole('region', { name: 'Use by project' }).getByText('proj_search').waitFor();
    await page.getByLabel('Group by').selectOption('key');
    await page.getByRole('region', { name: 'Use by API key' }).getByText('key_office').waitFor();
    expect(page.url()).toContain('group_by=key');
    await page.getByRole('button', { name: '24 hours' }).press('Enter');
    await page.getByRole('heading', { name: 'Cost an hour by API key, USD' }).waitFor();
    await page.getByText('Show as a table').press('Enter');
    await page.getByRole('rowheader', { name: /UTC/ }).first().waitFor();
    expect(await violations(page)).toEqual([]);
    await shot('llm-24h');
    await page.getByRole('button', { name: 'Hour', exact: true }).press('Enter');
    await page.getByText('Cost a minute by API key, USD').or(page.getByText('No use of')).waitFor();
    await page.getByRole('button', { name: '30 days' }).press('Enter');
    await page.getByLabel('Group by').selectOption('meter');
    await page.getByRole('heading', { name: 'Cost a day by kind of use, USD' }).waitFor();
    await page.getByRole('button', { name: /^Input from the cache/ }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('names models without a price, whose cost is not zero', async () => {
    await page.getByLabel('Group by').selectOption('model');
    const { db } = api.services;
    await addLlmUse(db, connectionId, [
      {
        at: new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS).toISOString(),
        units: { input: '5000000' },
        model: 'ft:gpt-5-mini:northwind',
      },
    ]);
    await setPulledUntil(db, connectionId, new Date().toISOString());
    const notice = page.getByRole('region', { name: 'No known price' });
    await notice.getByText('5M of input').waitFor();
    await page.getByRole('row', { name: /^ft:gpt-5-mini:northwind no price/ }).waitFor();
    await page
      .getByText(/^at least \$/)
      .first()
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await shot('llm-unpriced');
  });

  it('fits a telephone and the dark', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.reload();
    await page.locator('.uplot').first().waitFor();
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await violations(page)).toEqual([]);
    await shot('llm-unpriced-dark-360');
    await page.setViewportSize({ width: 1280, height: 860 });
    await shot('llm-unpriced-dark');
    expect(await violations(page)).toEqual([]);
  });

  it('shows calls that are pushed without a reload', async () => {
    const { db } = api.services;
    const push = (model: string) =>
      addLlmUse(db, connectionId, [
        {
          at: new Date(Math.floor(Date.now() / 60_000) * 60_000).toISOString(),
          source: 'push',
          bucketSeconds: 60,
          model,
          units: { input: '100' },
          rates: RATES,
        },
      ]);
    await push('pushed-1');
    await setPulledUntil(db, connectionId, new Date(Date.now() - HOUR_MS).toISOString());
    const models = page.getByRole('region', { name: 'Use by model' });
    await models.getByText('pushed-1').waitFor();
    await push('pushed-2');
    await models.getByText('pushed-2').waitFor();
  });

  it('says what failed, and tries again', async () => {
    expect(ui.complaints).toEqual([]);
    await page.route('**/api/v1/usage/llm?*', (route) => route.abort());
    await page.reload();
    await page.getByRole('alert').getByText('The server could not be reached').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.unroute('**/api/v1/usage/llm?*');
    await page.getByRole('button', { name: 'Try again' }).press('Enter');
    await page.locator('.uplot').first().waitFor();
    await page.route('**/api/v1/usage/llm/bills?*', (route) => route.abort());
    await page.reload();
    const bills = page.getByRole('region', { name: 'The provider’s bill beside our prices' });
    await bills.getByRole('alert').getByText('The server could not be reached').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.unroute('**/api/v1/usage/llm/bills?*');
    await bills.getByRole('button', { name: 'Try again' }).press('Enter');
    await bills.getByRole('row', { name: /^All of / }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });
});
