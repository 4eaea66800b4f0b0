import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { TEST_PASSWORD } from '../api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { type IdentityProvider, startIdentityProvider } from '../identity/identityProvider.ts';
import { openDashboard, type OpenDashboard } from './openDashboard.ts';
import { violations } from './violations.ts';

const SHOTS = join(projectRoot, '.cache', 'screenshots');
const NEW_PASSWORD = 'staple and a new tram';

let idp: IdentityProvider;
let api: TestApi;
let uiUrl: string;
let ui: OpenDashboard;
let page: Page;
let oneTimePassword: string;

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  const port = await findFreePort();
  uiUrl = `http://localhost:${String(port)}`;
  idp = await startIdentityProvider(`${uiUrl}/api/v1/auth/oidc/callback`);
  api = await startTestApi({
    env: {
      PUBLIC_UI_URL: uiUrl,
      OIDC_ISSUER: idp.issuer,
      OIDC_CLIENT_ID: idp.clientId,
      OIDC_CLIENT_SECRET: idp.clientSecret,
      OIDC_ROLE_MAP: 'finops=operator',
      OIDC_PRIVATE_HOSTS: '127.0.0.1',
      OIDC_BUTTON_LABEL: 'Sign in with Example',
    },
  });
  api.services.changes.start();
  await api.addUser('admin', 'ada');
  ui = await openDashboard({
    apiUrl: api.url,
    port,
    // The provider's own pages look for fonts that a test does not have.
    complaintsFrom: uiUrl,
  });
  page = ui.page;
});

afterAll(async () => {
  await ui.close();
  await api.close();
  await idp.close();
});

const fillSignIn = async (on: Page, username: string, password: string) => {
  await on.getByLabel('User name').fill(username);
  await on.getByLabel('Password').fill(password);
  await on.getByRole('button', { name: 'Sign in', exact: true }).click();
};
const shot = (name: string) => page.screenshot({ path: join(SHOTS, `${name}.png`) });
const isTooWide = (on: Page) =>
  on.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth');

describe('the sign-in page', () => {
  it('says how long to wait after too many tries, and takes none until then', async () => {
    const guesser = await ui.newPage();
    await guesser.goto(uiUrl);
    await guesser.getByRole('link', { name: 'Sign in with Example' }).waitFor();
    expect(await violations(guesser)).toEqual([]);
    for (let i = 0; i < 4; i += 1) {
      await fillSignIn(guesser, 'nobody', 'wrong password');
      await guesser.getByText('Check the name and the password.').waitFor();
    }
    await api.services.db
      .updateTable('rate_limits')
      .set({ expire: String(Date.now() + 125_000) })
      .where('key', 'like', 'sign-in-pause:%')
      .execute();
    await fillSignIn(guesser, 'nobody', 'wrong password');
    await guesser.getByText(/You can try again in 2 min 0\d s\./).waitFor();
    await guesser.getByText(/Wait 3 minutes/).waitFor();
    expect(await guesser.getByRole('button', { name: 'Sign in', exact: true }).isDisabled()).toBe(
      true,
    );
    expect(await violations(guesser)).toEqual([]);
    await guesser.context().close();
  });
});

describe('the page of people', () => {
  it('adds a person by keyboard alone and shows their password once, clean for axe', async () => {
    await page.goto(`${uiUrl}/settings/people`);
    await fillSignIn(page, 'ada', TEST_PASSWORD);
    await page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
    await page.getByRole('cell', { name: 'ada you' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add person' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add a person' });
    await dialog.getByLabel('User name').fill('grace');
    await dialog.getByLabel('Role').selectOption('operator');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Add person' }).press('Enter');
    await page.getByText('grace is added.').waitFor();
    oneTimePassword = (await page.getByTestId('one-time-password').textContent()) ?? '';
    expect(oneTimePassword).toMatch(/^[\w-]{20}$/);
    expect(await violations(page)).toEqual([]);
    await shot('people');
    await page.getByRole('button', { name: 'Done' }).click();
    expect(await page.content()).not.toContain(oneTimePassword);
  });

  it('a one-time password has to be changed before anything else is shown', async () => {
    const other = await ui.newPage();
    await other.goto(uiUrl);
    await fillSignIn(other, 'grace', oneTimePassword);
    await other.getByRole('heading', { name: 'Choose a password of your own' }).waitFor();
    expect(await other.getByRole('navigation').count()).toBe(0);
    expect(await violations(other)).toEqual([]);
    await other.getByLabel('One-time password').fill(oneTimePassword);
    await other.getByLabel('New password', { exact: true }).fill('password1234');
    await other.getByLabel('New password again').fill('password123');
    await other.getByText('The two new passwords differ.').waitFor();
    await other.getByLabel('New password again').fill('password1234');
    await other.getByRole('button', { name: 'Change password' }).click();
    await other.getByText('is one of the most common ones').first().waitFor();
    await other.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
    await other.getByLabel('New password again').fill(NEW_PASSWORD);
    await other.getByRole('button', { name: 'Change password' }).press('Enter');
    await other.getByRole('navigation', { name: 'Main' }).waitFor();
    expect(await other.getByRole('link', { name: 'People' }).count()).toBe(0);
    await other.goto(`${uiUrl}/account`);
    await other.getByText('this one').waitFor();
    await other.getByRole('heading', { name: 'Your account' }).waitFor();
    expect(await violations(other)).toEqual([]);
  });

  it('changes a role after asking, which ends the sessions', async () => {
    await page.getByLabel('Role of grace').selectOption('approver');
    const dialog = page.getByRole('dialog', { name: 'Make grace approver?' });
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Change role' }).click();
    await page.getByText('grace is approver now.').waitFor();
    expect(await page.getByLabel('Role of grace').inputValue()).toBe('approver');
    await page.getByRole('button', { name: /^Sessions.*grace/ }).click();
    await page.getByRole('dialog').getByText('No open session.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Back' }).click();
  });

  it('shows a person’s sessions and signs them out everywhere', async () => {
    const other = await ui.newPage();
    await other.goto(`${uiUrl}/account`);
    await fillSignIn(other, 'grace', NEW_PASSWORD);
    await other.getByText('this one').waitFor();
    await page.getByRole('button', { name: /^Sessions.*grace/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Sessions of grace' });
    await dialog.getByText('HeadlessChrome').waitFor();
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByText('grace is signed out of 1 sessions.').waitFor();
    await other.goto(`${uiUrl}/account`);
    await other.getByLabel('User name').waitFor();
  });

  it('disables a person and resets a password', async () => {
    await page.getByRole('button', { name: /^Disable.*grace/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await page.getByText('grace is disabled.').waitFor();
    await page.getByRole('button', { name: /^Enable.*grace/ }).click();
    await page.getByText('grace can sign in again.').waitFor();
    await page.getByRole('button', { name: /^Reset password.*grace/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reset password' }).click();
    await page.getByTestId('one-time-password').waitFor();
    await page.getByText('one-time password', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
  });

  it('says why the last admin cannot step down', async () => {
    await page.getByRole('button', { name: /^Disable.*ada/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Disable' }).click();
    await dialog.getByText('at least one has to stay').waitFor();
    await dialog.getByRole('button', { name: 'Back' }).click();
  });

  it('fits a screen of 360 px', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await isTooWide(page)).toBe(false);
    await shot('people-360');
    await page.goto(`${uiUrl}/account`);
    await page.getByText('this one').waitFor();
    expect(await isTooWide(page)).toBe(false);
    expect(await violations(page)).toEqual([]);
    await shot('account-360');
    await page.setViewportSize({ width: 1280, height: 860 });
  });
});

describe('the page of one’s own account', () => {
  it('ends the other sessions and changes the password', async () => {
    const other = await ui.newPage();
    await other.goto(`${uiUrl}/account`);
    await fillSignIn(other, 'ada', TEST_PASSWORD);
    await other.getByText('this one').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'End all other sessions' }).click();
    await page.getByText('One session has ended.').waitFor();
    await page.getByLabel('Current password').fill(TEST_PASSWORD);
    await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
    await page.getByLabel('New password again').fill(NEW_PASSWORD);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Your password is changed.').waitFor();
    await shot('account');
    // The session went on under a new token.
    await page.getByRole('button', { name: 'Sign out' }).click();
    await fillSignIn(page, 'ada', NEW_PASSWORD);
    await page.getByText('this one').waitFor();
  });
});

describe('single sign-on', () => {
  it('leads to the provider and back to the page that was asked for', async () => {
    idp.accounts.set('lin', { preferred_username: 'lin', groups: ['finops'] });
    const other = await ui.newPage();
    await other.goto(`${uiUrl}/account`);
    await other.getByRole('link', { name: 'Sign in with Example' }).click();
    await other.getByPlaceholder('Enter any login').fill('lin');
    await other.getByPlaceholder('and password').fill('any');
    await other.getByRole('button', { name: 'Sign-in' }).click();
    await other.getByRole('button', { name: 'Continue' }).click();
    await other.waitForURL(`${uiUrl}/account`);
    await other.getByText('You sign in through the identity provider').waitFor();
    await other.getByText('this one').waitFor();
  });

  it('says to somebody without a role what to do', async () => {
    idp.accounts.set('stranger', { preferred_username: 'stranger', groups: [] });
    const other = await ui.newPage();
    await other.goto(uiUrl);
    await other.getByRole('link', { name: 'Sign in with Example' }).click();
    await other.getByPlaceholder('Enter any login').fill('stranger');
    await other.getByPlaceholder('and password').fill('any');
    await other.getByRole('button', { name: 'Sign-in' }).click();
    await other.getByRole('button', { name: 'Continue' }).click();
    await other.getByRole('alert').getByText('You have no role in CostGuard.').waitFor();
    expect(await violations(other)).toEqual([]);
  });

  it('says nothing on the console', () => {
    // But what the browser itself reports of the refusals that were provoked.
    const provoked = /\b(40[0139]|422|429)\b/;
    expect(ui.complaints.filter((text) => !provoked.test(text))).toEqual([]);
  });
});
