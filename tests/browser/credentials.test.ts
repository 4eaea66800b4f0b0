import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDashboard } from '../../api/dashboard/createDashboard.ts';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { insertConnection } from '../../db/queries/connections/insertConnection.ts';
import { TEST_PASSWORD } from '../api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { startServer, type HttpServer } from '../mcp/serverProcess.ts';
import { CHROMIUM_ARGS, findChromium } from '../servers/findChromium.ts';
import { startMoto, type TestMoto } from '../servers/startMoto.ts';
import { violations } from './violations.ts';

const SECRET = 'planted/secret+of+the+browser/0123456789';

let moto: TestMoto;
let api: TestApi;
let awsCost: HttpServer;
let dashboard: Server;
let endStreams: () => void;
let uiUrl: string;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  moto = await startMoto();
  const port = String(await findFreePort());
  api = await startTestApi({ env: { AWS_COST_MCP_URL: `http://127.0.0.1:${port}/mcp` } });
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
  const made = createDashboard({
    apiUrl: api.url,
    uiFolder: join(projectRoot, 'ui', 'dist'),
    log: pino({ level: 'silent' }),
  });
  endStreams = made.endStreams;
  dashboard = createServer(made.app);
  await new Promise<void>((resolve) => dashboard.listen(0, '127.0.0.1', resolve));
  uiUrl = `http://127.0.0.1:${(dashboard.address() as AddressInfo).port}`;
  browser = await chromium.launch({
    executablePath: await findChromium(),
    args: [...CHROMIUM_ARGS],
  });
  page = await browser.newPage({ viewport: { width: 1280, height: 860 }, locale: 'en-US' });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
});

afterAll(async () => {
  await browser.close();
  endStreams();
  dashboard.closeAllConnections();
  await new Promise((resolve) => dashboard.close(resolve));
  await awsCost.stop();
  await api.close();
  await moto.stop();
});

describe('the credential of a connection', () => {
  const dialog = () => page.getByRole('dialog');

  it('is tested, stored, shown without its secret, and deleted', { timeout: 300_000 }, async () => {
    const { username } = await api.addUser('admin');
    await page.goto(`${uiUrl}/connections`);
    await page.getByLabel('User name').fill(username);
    await page.getByLabel('Password').fill(TEST_PASSWORD);
    complaints.length = 0;
    await page.getByRole('button', { name: 'Sign in' }).click();
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
    const other = await browser.newPage();
    await other.goto(`${uiUrl}/connections`);
    await other.getByLabel('User name').fill(username);
    await other.getByLabel('Password').fill(TEST_PASSWORD);
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.getByRole('heading', { name: 'Shop' }).waitFor();
    expect(await other.getByRole('button', { name: /Credential/ }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
