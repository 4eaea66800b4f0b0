import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { createAuditVerifier } from '../../core/audit/createAuditVerifier.ts';
import { appendAuditBatch } from '../../db/queries/audit/appendAudit.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { openDashboard, type OpenDashboard } from './openDashboard.ts';
import { violations } from './violations.ts';

const SHOTS = join(projectRoot, '.cache', 'screenshots');

let api: TestApi;
let ui: OpenDashboard;
let page: Page;

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  api = await startTestApi();
  await api.services.db.transaction().execute((tx) =>
    appendAuditBatch(
      tx,
      Array.from({ length: 120 }, (_, n) => ({
        actorKind: 'user' as const,
        actorId: `u-${n % 2}`,
        actorName: n % 2 === 0 ? 'Ada' : '<img src=x onerror=alert(1)>',
        operation: n === 50 ? 'budget.delete' : 'budget.change',
        subject: `budget:${n}`,
        detail: {
          before: { amount: String(n), name: 'team' },
          after: n === 50 ? null : { amount: String(n + 1), name: 'team' },
          repriced: n,
        },
      })),
    ),
  );
  ui = await openDashboard({ apiUrl: api.url });
  page = ui.page;
});

afterAll(async () => {
  await ui.close();
  await api.close();
});

const entries = () => page.getByRole('region', { name: 'Audit entries' });
const rows = () => entries().locator('tbody tr').count();

describe('the page of the audit log', () => {
  it('opens with the filters of its address, and shows old beside new', async () => {
    await ui.signIn((await api.addUser('approver')).username, '/audit?operation=budget&actor=Ada');
    await page.getByRole('heading', { name: 'Audit log', level: 1 }).waitFor();
    await entries().getByText('budget:118').waitFor();
    expect(await rows()).toBe(50);
    const row = entries().getByRole('row').filter({ hasText: 'budget:118' });
    expect(await row.locator('del').textContent()).toBe('was 118');
    expect(await row.locator('ins').textContent()).toBe('is now 119');
    await row.getByText('Details').click();
    await row.getByText('1 more field stayed as before.').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(SHOTS, 'audit.png') });
  });

  it('goes on to older entries, each once', async () => {
    await page.getByRole('button', { name: 'Show older entries' }).press('Enter');
    await entries().getByText('budget:0', { exact: true }).waitFor();
    expect(await rows()).toBe(60);
    expect(await page.getByRole('button', { name: 'Show older entries' }).count()).toBe(0);
  });

  it('keeps its filters in the address, by keyboard alone', async () => {
    await page.getByRole('button', { name: 'Clear filters' }).press('Enter');
    await expect.poll(() => page.url()).not.toContain('?');
    await page.getByLabel('Operation').fill('budget.delete');
    await page.getByLabel('Operation').press('Enter');
    await expect.poll(rows).toBe(1);
    expect(page.url()).toContain('operation=budget.delete');
    await entries().getByText('was team').waitFor();
    await page.getByLabel('Who').fill('nobody');
    await page.getByLabel('Who').press('Enter');
    await page.getByText('No entry fits these filters.').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
  });

  it('saves an export that verifies', async () => {
    const started = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export as JSON lines' }).click();
    const download = await started;
    expect(download.suggestedFilename()).toBe('audit.jsonl');
    const verifier = createAuditVerifier();
    for (const line of (await readFile(await download.path(), 'utf8')).trimEnd().split('\n'))
      verifier.line(line);
    const { entries: count, findings } = verifier.end();
    expect(findings).toEqual([]);
    expect(count).toBeGreaterThanOrEqual(121);
  });

  it('says whether the chain is intact', async () => {
    await page.getByRole('button', { name: 'Verify the chain' }).press('Enter');
    await page.getByText(/^Intact: all \d+ entries follow from one another\.$/).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('fits a screen of 360 px', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(360);
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(SHOTS, 'audit-360.png') });
    await page.setViewportSize({ width: 1280, height: 860 });
  });

  it('is not in the navigation of a viewer', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await ui.signIn((await api.addUser('viewer')).username, '/');
    await page.getByRole('link', { name: 'Connections' }).waitFor();
    expect(await page.getByRole('link', { name: 'Audit log' }).count()).toBe(0);
  });

  it('says nothing on the console', () => {
    expect(ui.complaints.filter((text) => !/\b40[13]\b/.test(text))).toEqual([]);
  });
});
