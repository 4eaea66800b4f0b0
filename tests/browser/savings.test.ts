import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { ActionCreate } from '../../core/contracts/action.ts';
import { insertAction } from '../../db/queries/actions/insertAction.ts';
import { addSaving } from '../api/addSaving.ts';
import { actionProposal, addConnection, putActionInState } from '../api/samples.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { openDashboard, type OpenDashboard } from './openDashboard.ts';
import { violations } from './violations.ts';

const SHOTS = join(projectRoot, '.cache', 'screenshots');

let api: TestApi;
let ui: OpenDashboard;
let page: Page;
let connectionId: string;

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  api = await startTestApi({ env: { DEMO_MODE: 'false' } });
  api.services.changes.start();
  connectionId = await addConnection(api.services.db);
  ui = await openDashboard({ apiUrl: api.url });
  page = ui.page;
});

afterAll(async () => {
  await ui.close();
  await api.close();
});

async function carriedOut(): Promise<string> {
  const { db } = api.services;
  const id = randomUUID();
  const create = ActionCreate.parse(actionProposal(connectionId));
  const proposedBy = { kind: 'user', id: randomUUID(), name: 'olga' } as const;
  const expiresAt = new Date(Date.now() + 60_000);
  await db.transaction().execute((tx) => insertAction(tx, { id, create, proposedBy, expiresAt }));
  await putActionInState(db, id, { status: 'succeeded' });
  return id;
}

const table = () => page.getByRole('region', { name: 'Savings of each action' });
const heading = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor();

describe('the page of savings', () => {
  it('says that nothing was measured yet', async () => {
    await ui.signIn((await api.addUser('viewer')).username, '/savings');
    await heading('Savings');
    await page.getByText('Nothing has been measured yet.').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('fills by itself when something is measured: promised, realised, interval and verdict', async () => {
    await addSaving(api.services.db, { actionId: await carriedOut() });
    await table().getByText('Realised', { exact: true }).waitFor();
    await addSaving(api.services.db, { actionId: await carriedOut(), cost: '12' });
    await table().getByText('Costs more').waitFor();
    await addSaving(api.services.db, { actionId: await carriedOut(), cost: '9.9', days: 5 });
    await table().getByText('Cannot tell so far, 5 of 14 days').waitFor();
    await addSaving(api.services.db, { actionId: await carriedOut(), baseline: 'no_costs' });
    await table().getByText('Cannot be measured').waitFor();
    const row = table().getByRole('row').filter({ hasText: 'Realised' }).nth(1);
    const cells = await row.getByRole('cell').allTextContents();
    expect(cells.slice(2).map((cell) => cell.trim().replaceAll(/\s+/g, ' '))).toEqual([
      '$70.08',
      '$91.25 $76.04 to $106.46',
      '$42.00 $35.00 to $49.00',
      '14',
    ]);
    expect(await row.textContent()).toContain('because the provider’s bill names no resources');
    await page.getByText('1 cost more, 1 cannot be told, 1 still measured').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(SHOTS, 'savings.png'), fullPage: true });
  });

  it('leads to the action, which shows its days as a chart and as a table', async () => {
    await table().getByRole('row').filter({ hasText: 'Realised' }).nth(1).getByRole('link').click();
    await page.getByRole('heading', { name: /Measured saving/ }).waitFor();
    await page.getByText('$140.00 expected, $98.00 charged.').waitFor();
    await page.locator('canvas').waitFor();
    await page.getByText('Show as a table').press('Enter');
    const days = page.getByRole('region', { name: 'Expected and actual cost of each day' });
    expect(await days.locator('tbody tr').count()).toBe(14);
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(SHOTS, 'saving-of-action.png'), fullPage: true });
  });

  it('stands on the overview', async () => {
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: /Realised savings, USD/ }).click();
    await heading('Savings');
  });

  it('fits a phone', async () => {
    await page.setViewportSize({ width: 360, height: 720 });
    await table().waitFor();
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(360);
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(SHOTS, 'savings-360.png'), fullPage: true });
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('says what is wrong when savings cannot be read, and reads them again', async () => {
    await page.route('**/api/v1/savings*', (route) => route.abort());
    await page.reload();
    const retry = page.getByRole('main').getByRole('button', { name: /again/i }).first();
    await retry.waitFor();
    await page.unroute('**/api/v1/savings*');
    await retry.click();
    await table().waitFor();
  });
});
