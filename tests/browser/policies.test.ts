import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { Action } from '../../core/contracts/action.ts';
import type { TestUser } from '../api/createTestIdentities.ts';
import { actionProposal, addConnection, putActionInState } from '../api/samples.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { openDashboard, type OpenDashboard } from './openDashboard.ts';
import { violations } from './violations.ts';

const SHOTS = join(projectRoot, '.cache', 'screenshots');

let api: TestApi;
let admin: TestUser;
let actionId: string;
let ui: OpenDashboard;
let page: Page;

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  api = await startTestApi();
  api.services.changes.start();
  admin = await api.signIn('admin');
  const { as } = await api.signIn('operator');
  const connectionId = await addConnection(api.services.db, { name: 'Shop' });
  const body = actionProposal(connectionId);
  actionId = (await api.call('POST', '/api/v1/actions', { as, body })).read(Action).id;
  await putActionInState(api.services.db, actionId, {});
  ui = await openDashboard({ apiUrl: api.url });
  page = ui.page;
});

afterAll(async () => {
  await ui.close();
  await api.close();
});

// To leave the page before the session has ended would leave it open.
const signOut = async () => {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
};
const shot = (name: string) =>
  page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
const isTooWide = () =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth');

describe('the page of policies', () => {
  it('has a form for each rule, clean for axe, and adds one by keyboard alone', async () => {
    await ui.signIn(admin.username, '/policies');
    await page.getByRole('heading', { name: 'Infrastructure as code' }).waitFor();
    await page.getByText('that infrastructure as code manages are warned about.').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add policy' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add a policy' });
    const types = [
      'approvers',
      'two_approvers',
      'change_window',
      'daily_limit',
      'freeze',
      'infrastructure_as_code',
      'protect',
    ];
    for (const type of types) {
      await dialog.getByLabel('Rule').selectOption(type);
      expect(await violations(page), type).toEqual([]);
    }
    await dialog.getByLabel('Name', { exact: false }).first().fill('Production');
    await dialog.getByRole('button', { name: 'Add policy' }).press('Enter');
    await dialog.getByRole('alert').getByText('must name tags').waitFor();
    // The browser itself reports the 400 that was just provoked.
    ui.complaints.length = 0;
    await dialog.getByLabel('Tags, one a line').fill('env=prod');
    await dialog.getByRole('button', { name: 'Add policy' }).press('Enter');
    await page.getByRole('heading', { name: 'Production' }).waitFor();
    await page.getByText('No action may touch resources with the tag env=prod.').waitFor();
  });

  it('changes a rule, keeps what it was, and switches it off and on', async () => {
    await page.getByRole('button', { name: 'Add policy' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Rule').selectOption('change_window');
    await dialog.getByLabel('Name', { exact: false }).first().fill('Nights');
    await dialog.getByLabel('Time zone').selectOption('Europe/Berlin');
    await dialog.getByRole('button', { name: 'Add policy' }).click();
    await page.getByText('Mon, Tue, Wed, Thu, Fri from 22:00 to 05:00 (Europe/Berlin).').waitFor();
    await page.getByRole('button', { name: /^Change\s*: Nights$/ }).click();
    await dialog.getByLabel('To', { exact: true }).fill('06:00');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('from 22:00 to 06:00 (Europe/Berlin).').waitFor();
    await page.getByRole('button', { name: /^Disable\s*: Nights$/ }).click();
    await page.getByText('Nights is disabled.').waitFor();
    await page.getByRole('button', { name: /^Enable\s*: Nights$/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    await shot('policies');
  });

  it('fits a screen of 360 px, the dialog too', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await isTooWide()).toBe(false);
    await shot('policies-360');
    await page.getByRole('button', { name: /^Change\s*: Nights$/ }).click();
    expect(await isTooWide()).toBe(false);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Back' }).click();
    await page.setViewportSize({ width: 1280, height: 860 });
  });

  it('deletes a policy after asking', async () => {
    await page.getByRole('button', { name: /^Delete\s*: Nights$/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete Nights?' });
    await dialog.getByRole('button', { name: 'Delete policy' }).click();
    await page.getByText('Nights is deleted.').waitFor();
  });

  it('freezes all actions with a reason, which the pages of actions show, and lifts it', async () => {
    await page.getByRole('button', { name: 'Freeze all actions' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Freeze all actions?' });
    await dialog.getByLabel('Reason').fill('We look into an outage.');
    await dialog.getByRole('button', { name: 'Freeze now' }).press('Enter');
    await page.getByRole('heading', { name: 'All actions are frozen' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await shot('policies-frozen');
    await page.getByRole('link', { name: 'Actions', exact: true }).click();
    await page.getByText('We look into an outage.').waitFor();
    expect(await violations(page)).toEqual([]);
    // Somebody else lifts it: nothing is reloaded by hand.
    await api.services.db
      .updateTable('policies')
      .set({ enabled: false })
      .where('name', '=', 'Freeze')
      .execute();
    await page.getByText('We look into an outage.').waitFor({ state: 'detached' });
  });
});

describe('an action', () => {
  it('shows what the policies said, who approved it, and that one more has to', async () => {
    const { db } = api.services;
    const { plan } = await db
      .selectFrom('actions')
      .select('plan')
      .where('id', '=', actionId)
      .executeTakeFirstOrThrow();
    const finding = {
      policyId: actionId,
      name: 'Two',
      type: 'two_approvers',
      effect: 'approvals',
      detail: 'Two different people have to approve this, says the policy “Two”.',
    };
    const judged = {
      ...(plan as object),
      approvalsNeeded: 2,
      policy: { version: 'a'.repeat(64), findings: [finding] },
    };
    await db
      .updateTable('actions')
      .set({ plan: JSON.stringify(judged) })
      .where('id', '=', actionId)
      .execute();
    await page.goto(`${ui.uiUrl}/actions/${actionId}`);
    await page.getByText('2 people have to approve this.').waitFor();
    await page.getByText('says the policy “Two”').waitFor();
    await db
      .insertInto('action_approvals')
      .values({
        action_id: actionId,
        approver_id: admin.id,
        approver_name: admin.username,
        decision_id: actionId,
        plan_hash: 'a'.repeat(64),
      })
      .execute();
    await page.reload();
    await page.getByText(`Approved by ${admin.username}; one more approval is needed.`).waitFor();
    await page.getByText('1 of 2 approvals').waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
    expect(await violations(page)).toEqual([]);
    await shot('action-policies');
  });
});

describe('others', () => {
  it('an operator reads the policies and no more, a viewer does not see them', async () => {
    const [operator, viewer] = [await api.addUser('operator'), await api.addUser('viewer')];
    await signOut();
    await ui.signIn(operator.username, '/policies');
    await page.getByRole('heading', { name: 'Production' }).waitFor();
    expect(await page.getByRole('button', { name: /Add|Change|Delete|able|reeze/ }).count()).toBe(
      0,
    );
    await signOut();
    await ui.signIn(viewer.username, '/actions');
    await page.getByRole('heading', { name: 'Actions', level: 1 }).waitFor();
    expect(await page.getByRole('link', { name: 'Policies' }).count()).toBe(0);
  });

  it('the console stays silent', () => {
    // But what the browser itself reports of a session that has ended.
    expect(ui.complaints.filter((text) => !/\b40[13]\b/.test(text))).toEqual([]);
  });
});
