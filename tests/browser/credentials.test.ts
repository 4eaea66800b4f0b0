import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import { insertConnection } from '../../db/queries/connections/insertConnection.ts';
import { TEST_PASSWORD } from '../api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { startServer, type HttpServer } from '../mcp/serverProcess.ts';
import { startMoto, type TestMoto } from '../servers/startMoto.ts';
import { openDashboard, type OpenDashboard } from './openDashboard.ts';
import { violations } from './violations.ts';

const SECRET = 'planted/secret+of+the+browser/0123456789';

let moto: TestMoto;
let api: TestApi;
let awsCost: HttpServer;
let ui: OpenDashboard;
let page: Page;

beforeAll(async () => {
  moto = await startMoto();
  const port = String(await findFreePort());
  api = await startTestApi({
    // The page asks it when the connection is polled next.
    temporal: 'real',
    env: { AWS_COST_MCP_URL: `http://127.0.0.1:${port}/mcp` },
  });
  await insertConnection(api.services.db, {
    ...{ provider: 'aws', name: 'Shop', mode: 'read_only', pollIntervalMinutes: 60 },
  });
  const account = await api.addService(['credentials:aws', 'tokens:introspect', 'audit:write']);
  awsCost = await startServer('aws-cost', {
    ...moto.env,
    MCP_AUTH: 'jwt',
    MCP_PORT: port,
    INTERNAL_API_URL: api.url,
    COSTGUARD_CLIENT_ID: account.clientId,
    COSTGUARD_CLIENT_SECRET: account.clientSecret,
  });
  api.services.changes.start();
  ui = await openDashboard({ apiUrl: api.url });
  page = ui.page;
});

afterAll(async () => {
  await ui.close();
  await awsCost.stop();
  await api.close();
  await moto.stop();
});

describe('the credential of a connection', () => {
  const dialog = () => page.getByRole('dialog');

  it('is tested, stored, shown without its secret, and deleted', { timeout: 300_000 }, async () => {
    const { username } = await api.addUser('admin');
    await ui.signIn(username, '/connections');
    await page.getByRole('heading', { name: 'Shop' }).waitFor();
    await page.getByRole('button', { name: /^Credential/ }).click();

    await dialog().getByLabel('Way to sign in').selectOption('aws_access_key');
    await dialog().getByText('The least that it needs').click();
    await dialog().getByText('ce:GetCostAndUsage').first().waitFor();
    await dialog().getByLabel('Access key id').fill('AKIAPLANTEDKEY001234');
    await dialog().getByLabel('Secret access key').fill(SECRET);
    await dialog().getByRole('button', { name: 'Test what is typed' }).click();
    const result = dialog().getByRole('group', { name: 'Result of the test' });
    await result.getByText('sts:GetCallerIdentity').waitFor();
    expect(await result.textContent()).toContain('what is typed here');
    expect(await violations(page)).toEqual([]);

    await dialog().getByRole('button', { name: 'Store', exact: true }).click();
    await page.getByText('The credential of Shop is stored.').waitFor();
    await page.getByRole('button', { name: /^Credential/ }).click();
    await dialog().getByText('…1234').waitFor();
    expect(await page.content()).not.toContain(SECRET);

    await dialog().getByRole('button', { name: 'Delete' }).click();
    await page.getByText('The credential of Shop is deleted.').waitFor();
  });

  it('is seen by nobody who may not store one', { timeout: 300_000 }, async () => {
    const { username } = await api.addUser('operator');
    const other = await ui.browser.newPage();
    await other.goto(`${ui.uiUrl}/connections`);
    await other.getByLabel('User name').fill(username);
    await other.getByLabel('Password').fill(TEST_PASSWORD);
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.getByRole('heading', { name: 'Shop' }).waitFor();
    expect(await other.getByRole('button', { name: /Credential/ }).count()).toBe(0);
    expect(ui.complaints).toEqual([]);
  });
});
