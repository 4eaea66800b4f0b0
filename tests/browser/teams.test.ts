import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTeamWorld, type TeamWorld } from '../api/teamWorld.ts';
import { openDashboard, type OpenDashboard } from './openDashboard.ts';
import { violations } from './violations.ts';

let world: TeamWorld;
let ui: OpenDashboard;
let page: Page;
let member: { id: string; username: string };

beforeAll(async () => {
  // The page of connections asks Temporal when they are polled next.
  world = await startTeamWorld(undefined, { temporal: 'real' });
  member = await world.api.addUser('viewer', 'ada');
  ui = await openDashboard({ apiUrl: world.api.url });
  page = ui.page;
});

afterAll(async () => {
  await ui.close();
  await world.close();
});

describe('the page of teams', () => {
  it('adds a team by keyboard alone, and is clean for axe', async () => {
    await ui.signIn(world.admin.username, '/settings/teams');
    await page.getByText('Everybody sees all connections.').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add team' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add a team' });
    await dialog.getByLabel('Name', { exact: true }).fill('Alpha');
    await dialog.getByLabel('ada viewer').press('Space');
    await dialog.getByRole('button', { name: 'Add a grant' }).press('Enter');
    const first = dialog.getByRole('group', { name: 'Grant 1' });
    await first.getByLabel('Connection').selectOption('alpha aws');
    await dialog.getByRole('button', { name: 'Add a grant' }).press('Enter');
    const second = dialog.getByRole('group', { name: 'Grant 2' });
    await second.getByLabel('Connection').selectOption('bravo aws');
    await second.getByLabel('Part').selectOption('account');
    await second.getByLabel('Account', { exact: true }).fill('bravo account');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Add team' }).press('Enter');
    const team = page.getByRole('region', { name: 'Alpha' });
    await team.getByText('ada').waitFor();
    await expect
      .poll(() => team.textContent(), { timeout: 10_000 })
      .toContain('account bravo account of bravo aws');
    expect(await team.textContent()).toContain('alpha aws');
    expect(await violations(page)).toEqual([]);
  });

  it('takes a grant away, and says why a name cannot be', async () => {
    const other = await world.addTeam([], []);
    await page.getByRole('button', { name: /^Change.*Alpha/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Change Alpha' });
    await dialog.getByLabel('Name', { exact: true }).fill(other.name);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('alert').getByText('a team already has this one').waitFor();
    // The browser itself reports the 409 that was just provoked.
    ui.complaints.length = 0;
    await dialog.getByLabel('Name', { exact: true }).fill('Alpha');
    await dialog.getByRole('button', { name: /^Remove.*grant 2/ }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page
      .getByRole('region', { name: 'Alpha' })
      .getByText('bravo')
      .waitFor({ state: 'detached' });
  });

  it('shows a member the team, its rows only, and every change of it as it happens', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await ui.signIn(member.username, '/connections');
    await page.getByText('Team Alpha').waitFor();
    await page.getByText('alpha aws').first().waitFor();
    expect(await page.content()).not.toContain('bravo');
    expect(await page.getByRole('link', { name: 'Teams' }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await world.addTeam(
      [{ kind: 'user', id: member.id }],
      [{ connectionId: world.b.connectionId }],
    );
    // Nothing is reloaded by hand: the page follows the event stream.
    await page.getByText('bravo aws').first().waitFor({ timeout: 15_000 });
  });

  it('says nothing on the console', () => {
    // But what the browser itself reports of a session that has ended.
    expect(ui.complaints.filter((text) => !/\b401\b/.test(text))).toEqual([]);
  });
});
