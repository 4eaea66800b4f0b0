import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import {
  type NotificationWorld,
  openNotificationWorld,
} from '../notifications/notificationWorld.ts';
import { type Receiver, startReceiver } from '../notifications/receiver.ts';
import { openDashboard, type OpenDashboard } from './openDashboard.ts';
import { violations } from './violations.ts';

const SHOTS = join(projectRoot, '.cache', 'screenshots');

let world: NotificationWorld;
let stopWorker: () => Promise<void>;
let receiver: Receiver;
let ui: OpenDashboard;
let page: Page;

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  world = await openNotificationWorld();
  world.api.services.changes.start();
  stopWorker = await world.startWorker();
  receiver = await startReceiver();
  ui = await openDashboard({ apiUrl: world.api.url });
  page = ui.page;
});

afterAll(async () => {
  await ui.close();
  await stopWorker();
  await receiver.close();
  await world.close();
});

// To leave the page before the session has ended would leave it open.
const signOut = async () => {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
};
const shot = (name: string) => page.screenshot({ path: join(SHOTS, `${name}.png`) });

describe('the page of notification channels', () => {
  it('adds a channel by keyboard alone, and is clean for axe', async () => {
    await ui.signIn(world.admin.username, '/settings/notifications');
    await page.getByRole('heading', { name: 'Notifications', level: 1 }).waitFor();
    await page.getByText('Nobody is told of findings yet.').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add channel' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add a channel' });
    for (const kind of ['webhook', 'smtp', 'teams', 'slack']) {
      await dialog.getByLabel('Kind').selectOption(kind);
      expect(await violations(page), kind).toEqual([]);
      if (kind === 'smtp' || kind === 'webhook') await shot(`notifications-${kind}`);
    }
    await dialog.getByLabel('Name', { exact: true }).fill('on call');
    await dialog.getByLabel('Webhook address').fill('http://hooks.example/not-encrypted');
    await dialog.getByText('Only some providers').click();
    await dialog.getByLabel('Owners, one a line').fill('data');
    await dialog.getByLabel('Escalations').check();
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Add channel' }).press('Enter');
    await dialog.getByRole('alert').getByText('must be https').waitFor();
    // The browser itself reports the 400 that was just provoked.
    ui.complaints.length = 0;
    await dialog.getByLabel('Webhook address').fill(receiver.url);
    await dialog.getByRole('button', { name: 'Add channel' }).press('Enter');
    await page.getByRole('heading', { name: 'on call' }).waitFor();
    await page
      .getByText(
        'Findings of medium severity or more, owned by data; budget warnings, reminders of approvals, escalations.',
      )
      .waitFor();
    expect(await page.content()).not.toContain('top-secret-path');
  });

  it('shows how a test goes as it goes, and what to do when it fails', async () => {
    receiver.next({ status: 404 });
    await page.getByRole('button', { name: /^Send a test/ }).click();
    const log = page.getByRole('region', { name: 'Messages to on call' });
    // Nothing is reloaded by hand: the page follows the event stream.
    await log.getByText('failed').waitFor({ timeout: 20_000 });
    await log.getByText('make a new one there').waitFor();
    await page.getByRole('button', { name: /^Send a test/ }).click();
    await log.getByText('sent', { exact: true }).waitFor({ timeout: 20_000 });
    expect(await violations(page)).toEqual([]);
    await shot('notifications');
  });

  it('changes a channel without asking for its secrets again', async () => {
    await page.getByRole('button', { name: /^Change/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Change on call' });
    expect(await dialog.getByLabel('Webhook address').inputValue()).toBe('');
    await dialog.getByLabel('Severity').selectOption('critical');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Findings of critical severity or more').waitFor();
    const before = receiver.requests.length;
    await page.getByRole('button', { name: /^Send a test/ }).click();
    await expect.poll(() => receiver.requests.length, { timeout: 20_000 }).toBe(before + 1);
  });

  it('fits a screen of 360 px, the dialog too', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    const isTooWide = () =>
      page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth');
    expect(await isTooWide()).toBe(false);
    await shot('notifications-360');
    await page.getByRole('button', { name: 'Add channel' }).click();
    await page.getByRole('dialog').getByLabel('Kind').selectOption('smtp');
    expect(await isTooWide()).toBe(false);
    expect(await violations(page)).toEqual([]);
    await shot('notifications-dialog-360');
    await page.getByRole('dialog').getByRole('button', { name: 'Back' }).click();
    await page.setViewportSize({ width: 1280, height: 860 });
  });

  it('deletes a channel after asking', async () => {
    await page.getByRole('button', { name: /^Delete/ }).click();
    await page
      .getByRole('dialog', { name: 'Delete on call?' })
      .getByRole('button', { name: 'Delete channel' })
      .click();
    await page.getByText('on call is deleted.').waitFor();
    await page.getByText('Nobody is told of findings yet.').waitFor();
  });

  it('lets an approver read and no more, and is not shown to an operator', async () => {
    await world.addChannel({ kind: 'slack', name: 'quiet', url: receiver.url });
    const [approver, operator] = [
      await world.api.addUser('approver'),
      await world.api.addUser('operator'),
    ];
    await signOut();
    await ui.signIn(approver.username, '/settings/notifications');
    await page.getByRole('button', { name: /^Log/ }).waitFor();
    expect(await page.getByRole('button', { name: /Add|Change|Delete|test/ }).count()).toBe(0);
    await signOut();
    await ui.signIn(operator.username, '/settings/notifications');
    await page.getByRole('link', { name: 'Connections' }).waitFor();
    expect(await page.getByRole('link', { name: 'Notifications' }).count()).toBe(0);
  });

  it('says nothing on the console', () => {
    // But what the browser itself reports of a session that has ended, and of the operator's visit.
    expect(ui.complaints.filter((text) => !/\b40[13]\b/.test(text))).toEqual([]);
  });
});
