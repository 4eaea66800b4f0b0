import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { detectiveScheduleId } from '../../core/connections/scheduleId.ts';
import { recordPoll } from '../../db/queries/connections/recordPoll.ts';
import { addConnection } from '../api/samples.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { openDashboard, type OpenDashboard } from './openDashboard.ts';
import { violations } from './violations.ts';

const SHOTS = join(projectRoot, '.cache', 'screenshots');
const HOUR_MS = 3_600_000;

let api: TestApi;
let ui: OpenDashboard;
let page: Page;
let id: string;

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  api = await startTestApi({ temporal: 'real' });
  api.services.changes.start();
  ui = await openDashboard({ apiUrl: api.url, context: { timezoneId: 'UTC' } });
  page = ui.page;
});

afterAll(async () => {
  await ui.close();
  await api.close();
});

const card = (name: string) =>
  page.locator('section', { has: page.getByRole('heading', { name, exact: true }) });
const isTooWide = () =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth');

describe('the page of connections', () => {
  it('says how to begin where nothing is watched', async () => {
    const { username } = await api.addUser('admin');
    await ui.signIn(username, '/connections');
    await page.getByText('No account is watched yet.').waitFor();
    await page.getByText('Add a connection to begin').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('tells of each when it was polled, what was read, how far the data goes and when it is next', async () => {
    id = await addConnection(api.services.db, { name: 'Shop' });
    await card('Shop').getByText('not yet').waitFor();
    await card('Shop').getByText('not known').waitFor();
    await api.services.temporal.schedule.create({
      scheduleId: detectiveScheduleId(id),
      spec: { intervals: [{ every: '1 hour' }] },
      action: { type: 'startWorkflow', workflowType: 'none', taskQueue: `none-${id}` },
    });
    const now = Date.now();
    const day = new Date(now - 6 * 24 * HOUR_MS).toISOString().slice(0, 10);
    await api.services.db.updateTable('connections').set({ data_until: day }).execute();
    await recordPoll(api.services.db, {
      ...{ connectionId: id, of: 'costs', scheduledAt: new Date(now - 2 * HOUR_MS).toISOString() },
      ...{ status: 'healthy', code: null, detail: null, rows: 1_234_567 },
    });
    await card('Shop').getByText('2 hours ago').waitFor();
    await card('Shop').getByText('took 2 hr').waitFor();
    await card('Shop').getByText('1.23M').waitFor();
    await card('Shop').getByText('5 days behind').waitFor();
    await card('Shop').getByText('healthy').waitFor();
    await card('Shop')
      .getByText(/^in \d+ (minutes?|seconds?)$|^now$/)
      .waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('polls now, and says so where the poll before still runs', async () => {
    const pollNow = page.getByRole('button', { name: /^Poll now ?: Shop$/ });
    await pollNow.click();
    await page.getByText('Polling Shop now.').waitFor();
    await card('Shop').getByText('polling now').waitFor();
    await pollNow.click();
    await page
      .getByText(/^Shop is being polled already, begun .*; no second poll was started\.$/)
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(SHOTS, 'connections-polling.png'), fullPage: true });
    // What the poll writes as its last step ends it on the page, before its schedule knows.
    await recordPoll(api.services.db, {
      ...{ connectionId: id, of: 'costs', scheduledAt: new Date().toISOString() },
      ...{ status: 'failed', code: 'credentials_rejected', detail: 'Store another credential.' },
    });
    await card('Shop').getByText('Store another credential.').waitFor();
    await card('Shop').getByText('polling now').waitFor({ state: 'detached' });
    const schedule = api.services.temporal.schedule.getHandle(detectiveScheduleId(id));
    for (const { workflow } of (await schedule.describe()).info.runningActions)
      await api.services.temporal.workflow.getHandle(workflow.workflowId).terminate();
    await schedule.delete();
  });

  it.each([
    ['aws', ['aws_role', 'aws_access_key'], 'ce:GetCostAndUsage'],
    ['gcp', ['gcp_workload_identity', 'gcp_service_account'], 'roles/bigquery.dataViewer'],
    [
      'azure',
      ['azure_managed_identity', 'azure_federated', 'azure_client_secret'],
      'Cost Management Reader',
    ],
    ['openai', [], 'api.usage.read'],
    ['anthropic', [], 'An admin key has no narrower permissions.'],
  ] as const)(
    'guides to a credential for %s, with the least that it needs to copy',
    async (provider, kinds, least) => {
      const name = `Guided ${provider}`;
      await addConnection(api.services.db, { name, provider });
      await page.getByRole('button', { name: new RegExp(`^Credential ?: ${name}$`) }).click();
      const dialog = page.getByRole('dialog');
      for (const kind of kinds) {
        await dialog.getByLabel('Way to sign in').selectOption(kind);
        expect(await violations(page), kind).toEqual([]);
      }
      await dialog.getByText('The least that it needs').click();
      await dialog.getByText(least).first().waitFor();
      await dialog.getByRole('heading', { name: '3. Try it' }).waitFor();
      if (provider === 'aws') {
        await dialog.getByLabel('Way to sign in').selectOption('aws_role');
        const externalId = await dialog.getByLabel('External id').inputValue();
        await dialog.getByText('Who may assume it').click();
        await dialog.getByText(`"sts:ExternalId": "${externalId}"`).waitFor();
      }
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await isTooWide()).toBe(false);
      expect(await violations(page)).toEqual([]);
      await page.setViewportSize({ width: 1280, height: 860 });
      await dialog.getByRole('button', { name: 'Back' }).click();
    },
  );

  it('leaves the console silent', () => {
    expect(ui.complaints).toEqual([]);
  });
});
