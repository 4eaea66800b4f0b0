import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { Action, type ActionStatus } from '../../core/contracts/action.ts';
import { applyTransition, PLATFORM } from '../../db/queries/actions/applyTransition.ts';
import { beginStep } from '../../db/queries/actions/beginStep.ts';
import { finishStep } from '../../db/queries/actions/finishStep.ts';
import { actionProposal, addConnection, putActionInState } from '../api/samples.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { openDashboard, type OpenDashboard } from './openDashboard.ts';
import { violations } from './violations.ts';

const SHOTS = join(projectRoot, '.cache', 'screenshots');

let api: TestApi;
let ui: OpenDashboard;
let page: Page;
let propose: () => Promise<string>;

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  api = await startTestApi();
  api.services.changes.start();
  const { as } = await api.signIn('operator');
  const connectionId = await addConnection(api.services.db, { name: 'Shop' });
  propose = async () => {
    const body = actionProposal(connectionId);
    const { id } = (await api.call('POST', '/api/v1/actions', { as, body })).read(Action);
    await putActionInState(api.services.db, id, {});
    return id;
  };
  ui = await openDashboard({ apiUrl: api.url });
  page = ui.page;
});

afterAll(async () => {
  await ui.close();
  await api.close();
});

const isTooWide = () =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth');
const shot = (name: string) =>
  page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });

/** What the workflow writes while it goes on. */
function story(actionId: string) {
  const { db } = api.services;
  let version = 1;
  return {
    move: (status: ActionStatus, summary: string) =>
      db.transaction().execute((tx) => {
        version += 1;
        return applyTransition(tx, { actionId, status, version, actor: PLATFORM, summary });
      }),
    begin: (key: string) => beginStep(db, { actionId, key }, {}),
    finish: (key: string, summary: string) =>
      db
        .transaction()
        .execute((tx) => finishStep(tx, { actionId, key }, { observed: {}, summary })),
  };
}

describe('the board of actions', () => {
  it('says how one comes about where there is none', async () => {
    const { username } = await api.addUser('approver');
    await ui.signIn(username, '/actions');
    await page.getByText('Nothing has been proposed yet.').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('shows each where it stands, and moves it as it goes on', async () => {
    const [, rejected, going] = await Promise.all([propose(), propose(), propose()]);
    await putActionInState(api.services.db, rejected, { status: 'rejected' });
    const column = (name: string) => page.getByRole('region', { name });
    await column('Waiting for a decision (2)').waitFor();
    await column('Ended without a change (1)').getByText('rejected').waitFor();
    await column('Being carried out (0)').getByText('None.').waitFor();
    await story(going).move('approved', 'Approved');
    await column('Waiting for a decision (1)').waitFor();
    await column('Being carried out (1)').getByText('approved').waitFor();
    expect(await page.getByRole('region', { name: /^Need a person/ }).count()).toBe(0);
    await putActionInState(api.services.db, going, { status: 'rollback_failed' });
    await column('Need a person (1)').waitFor();
    expect(await violations(page)).toEqual([]);
    await shot('actions-board');
  });

  it('shows the older ones of a stage when asked', async () => {
    const older = await Promise.all(Array.from({ length: 20 }, propose));
    await Promise.all(
      older.map((id) => putActionInState(api.services.db, id, { status: 'expired' })),
    );
    await page.getByRole('region', { name: 'Ended without a change (20+)' }).waitFor();
    await page.getByRole('button', { name: /^Show more ?: Ended/ }).click();
    await page.getByRole('region', { name: 'Ended without a change (21)' }).waitFor();
  });
});

describe('an action that is carried out', () => {
  it('shows each step as it begins and ends, without a reload', async () => {
    const id = await propose();
    const { move, begin, finish } = story(id);
    await page.goto(`${ui.uiUrl}/actions/${id}`);
    const progress = page.getByRole('region', { name: 'Progress' });
    const line = (title: string) =>
      progress.getByRole('listitem').filter({ hasText: title }).last();
    const step = (title: string) =>
      progress
        .getByRole('list', { name: 'Steps', exact: true })
        .getByRole('listitem')
        .filter({ hasText: title });
    await step('Stop the instance').getByText('(to come)').waitFor();
    await page.evaluate('window.isTheSamePage = true');
    await move('approved', 'Approved');
    await move('preflight', 'Looking again');
    await line('Checked once more').getByText('(now)').waitFor();
    await move('executing', 'Carrying the plan out');
    await begin('stopInstance');
    await progress.getByText('Step 1 of 5: Stop the instance').waitFor();
    expect(await violations(page)).toEqual([]);
    await finish('stopInstance', 'Asked to stop');
    await begin('waitUntilStopped');
    await progress.getByText('Step 2 of 5: Wait until it is stopped').waitFor();
    await step('Stop the instance').getByText('(done)').waitFor();
    expect(await progress.getByRole('progressbar').getAttribute('value')).toBe('1');
    await begin('waitUntilStopped');
    await step('Wait until it is stopped').getByText('try 2').waitFor();
    await shot('action-executing');
    await move('rolling_back', 'Going back');
    await begin('back.stopInstance');
    await step('Change its type').getByText('(not reached)').waitFor();
    await progress.getByText('Step 1 of 5: Stop the instance').waitFor();
    await move('rolled_back', 'Everything is as it was before');
    await line('As it was before').getByText('(done)').waitFor();
    expect(await page.evaluate('window.isTheSamePage')).toBe(true);
    expect(await violations(page)).toEqual([]);
  });

  it('fits a screen of 360 px, as the board does', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await isTooWide()).toBe(false);
    await shot('action-360');
    await page.getByRole('link', { name: 'All actions' }).click();
    await page.getByRole('region', { name: /^Being carried out/ }).waitFor();
    expect(await isTooWide()).toBe(false);
    expect(await violations(page)).toEqual([]);
    await shot('actions-board-360');
  });

  it('leaves the console silent', () => {
    expect(ui.complaints).toEqual([]);
  });
});
