import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import {
  createClientSecret,
  saveServiceAccount,
} from '../../db/queries/identity/saveServiceAccount.ts';
import type { TestService, TestUser } from '../api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { openDashboard, type OpenDashboard } from './openDashboard.ts';
import { violations } from './violations.ts';

const SHOTS = join(projectRoot, '.cache', 'screenshots');

let api: TestApi;
let admin: TestUser;
let ui: OpenDashboard;
let page: Page;

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  api = await startTestApi();
  api.services.changes.start();
  admin = await api.signIn('admin');
  await saveServiceAccount(api.services.db, {
    name: 'aws-cost',
    scopes: ['credentials:aws', 'tokens:introspect'],
    secret: createClientSecret(),
  });
  ui = await openDashboard({
    apiUrl: api.url,
    context: { permissions: ['clipboard-read', 'clipboard-write'] },
  });
  page = ui.page;
});

afterAll(async () => {
  await ui.close();
  await api.close();
});

const shot = (name: string) => page.screenshot({ path: join(SHOTS, `${name}.png`) });
const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) });
const askToken = async (clientId: string, clientSecret: string) =>
  (
    await api.call('POST', '/oauth/token', {
      body: {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
      },
    })
  ).status;

describe('the page of service accounts', () => {
  let clientId = '';
  let first = '';

  it('adds an account by keyboard, shows its secret once, and copies it', async () => {
    await ui.signIn(admin.username, '/settings/services');
    await page.getByRole('heading', { name: 'Services', level: 1 }).waitFor();
    await row('aws-cost').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add account' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add a service account' });
    await dialog.getByLabel('Name', { exact: true }).fill('exporter');
    expect(await dialog.getByText('credentials:aws').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await shot('services-add');
    await dialog.getByRole('checkbox', { name: /costs:read/ }).press('Space');
    await dialog.getByRole('button', { name: 'Add account' }).press('Enter');
    const secret = page.getByRole('dialog', { name: 'The secret of exporter' });
    await secret.getByText('It is shown only now.').waitFor();
    expect(await violations(page)).toEqual([]);
    clientId = await secret.getByLabel('Client id').inputValue();
    first = await secret.getByLabel('Client secret').first().inputValue();
    await secret.getByRole('button', { name: 'Copy client secret' }).press('Enter');
    await secret.getByText('Client secret is copied.').waitFor();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(first);
    await secret.getByRole('button', { name: 'I have kept it' }).press('Enter');
    await row('exporter').waitFor();
    expect(await page.content()).not.toContain(first);
    expect(await askToken(clientId, first)).toBe(200);
  });

  it('changes scopes, and makes a new secret while the old one goes on for an hour', async () => {
    await page.getByRole('button', { name: 'Change exporter' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change exporter' });
    expect(await dialog.getByRole('checkbox', { name: /costs:read/ }).isChecked()).toBe(true);
    await dialog.getByRole('checkbox', { name: /anomalies:read/ }).check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row('exporter').getByText('anomalies:read').waitFor();
    await page.getByRole('button', { name: 'New secret for exporter' }).click();
    const renew = page.getByRole('dialog', { name: 'A new secret for exporter' });
    expect(await violations(page)).toEqual([]);
    await renew.getByLabel('The old secret').selectOption({ label: 'stays valid for 1 hour' });
    await renew.getByRole('button', { name: 'Make new secret' }).click();
    const secret = page.getByRole('dialog', { name: 'The secret of exporter' });
    const second = await secret.getByLabel('Client secret').first().inputValue();
    await secret.getByRole('button', { name: 'I have kept it' }).click();
    await row('exporter').getByText('the one before until').waitFor();
    expect([await askToken(clientId, first), await askToken(clientId, second)]).toEqual([200, 200]);
  });

  it('disables, fits 360 px, and deletes after asking', async () => {
    await page.getByRole('button', { name: 'Disable exporter' }).click();
    await page.getByText('exporter is disabled.').waitFor();
    expect(await askToken(clientId, first)).toBe(401);
    expect(await violations(page)).toEqual([]);
    await shot('services');
    await page.setViewportSize({ width: 360, height: 740 });
    expect(
      await page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth'),
    ).toBe(false);
    await shot('services-360');
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.getByRole('button', { name: 'Delete exporter' }).click();
    await page.getByRole('button', { name: 'Delete account' }).click();
    await page.getByText('exporter is deleted.').waitFor();
    await row('exporter').waitFor({ state: 'detached' });
  });

  it('offers of a part of the platform only to disable it', async () => {
    await row('aws-cost').getByText('Part of CostGuard').waitFor();
    const buttons = await row('aws-cost').getByRole('button').allTextContents();
    expect(buttons.map((text) => text.trim())).toEqual(['Disable']);
  });

  it('says nothing on the console, and is not offered to an approver', async () => {
    expect(ui.complaints).toEqual([]);
    const approver = await api.addUser('approver');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await ui.signIn(approver.username, '/settings/services');
    await page.getByRole('link', { name: 'Connections' }).waitFor();
    expect(await page.getByRole('link', { name: 'Services' }).count()).toBe(0);
  });
});

describe('Swagger UI', () => {
  let service: TestService;

  it('gets a token by Authorize under the page’s own content security policy', async () => {
    service = await api.addService(['costs:read', 'anomalies:read']);
    const docs = await page.context().newPage();
    const problems: string[] = [];
    docs.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    const policy = (await docs.goto(`${api.url}/docs/`))?.headers()['content-security-policy'];
    expect(policy).toContain("default-src 'self'");
    await docs.getByRole('button', { name: 'Authorize' }).first().click();
    const dialog = docs
      .locator('.dialog-ux .auth-container')
      .filter({ hasText: 'clientCredentials' });
    await dialog.locator('[data-name="clientId"]').fill(service.clientId);
    await dialog.locator('[data-name="clientSecret"]').fill(service.clientSecret);
    const answered = docs.waitForResponse((response) => response.url().endsWith('/oauth/token'));
    await dialog.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click();
    expect((await answered).status()).toBe(200);
    await docs.getByRole('button', { name: 'Remove authorization' }).waitFor();
    await docs.getByRole('button', { name: 'Close' }).last().click();
    // And a request from the page carries it.
    await docs.locator('#operations-Identity-getAuthMe').getByRole('button').first().click();
    await docs.getByRole('button', { name: 'Try it out' }).click();
    const me = docs.waitForResponse((response) => response.url().endsWith('/api/v1/auth/me'));
    await docs.getByRole('button', { name: 'Execute' }).click();
    expect(await (await me).json()).toMatchObject({ kind: 'service', id: service.id });
    expect(problems).toEqual([]);
    await docs.close();
  });
});
