import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTeamWorld, type TeamWorld } from '../api/teamWorld.ts';
import { openDashboard, type OpenDashboard } from './openDashboard.ts';
import { violations } from './violations.ts';

let world: TeamWorld;
let ui: OpenDashboard;
let page: Page;
let ada: { id: string; username: string };
let bob: { id: string; username: string };

beforeAll(async () => {
  world = await startTeamWorld(new Date('2026-11-19T12:00:00Z'));
  ada = await world.api.addUser('approver', 'ada');
  bob = await world.api.addUser('viewer', 'bob');
  for (const [name, member, { connectionId, llmConnectionId }] of [
    ['Alpha', ada, world.a],
    ['Bravo', bob, world.b],
  ] as const) {
    const { id } = await world.addTeam(
      [{ kind: 'user', id: member.id }],
      [{ connectionId }, { connectionId: llmConnectionId }],
    );
    const reply = await world.api.call('PATCH', `/api/v1/teams/${id}`, {
      as: world.admin.as,
      body: { name },
    });
    expect(reply.status).toBe(200);
  }
  ui = await openDashboard({ apiUrl: world.api.url });
  page = ui.page;
});

afterAll(async () => {
  await ui.close();
  await world.close();
});

const budget = (name: string) =>
  page.locator('section.panel').filter({ has: page.getByRole('heading', { name, exact: true }) });
const signOut = async () => {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
};

describe('the page of budgets', () => {
  it('adds a budget of a team by keyboard alone, and is clean for axe', async () => {
    await ui.signIn(world.admin.username, '/budgets');
    await page.getByRole('button', { name: 'Add budget' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add a budget' });
    await dialog.getByLabel('Name', { exact: true }).fill('Alpha in all');
    await dialog.getByLabel('Amount', { exact: true }).fill('50');
    await dialog.getByRole('combobox', { name: 'Team' }).selectOption('Alpha');
    await dialog.getByText('only its members, and who sees everything').waitFor();
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Add budget' }).press('Enter');
    const panel = budget('Alpha in all');
    await panel.getByText('team Alpha').waitFor();
    expect(await panel.textContent()).toMatch(/\$10\.00 spent .*, 20% of the budget/s);
    expect(await violations(page)).toEqual([]);
  });

  it('adds one of the use of language models, without the fields that only a bill has', async () => {
    await page.getByRole('button', { name: 'Add budget' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a budget' });
    await dialog.getByLabel('Service').fill('left from before');
    await dialog.getByRole('combobox', { name: 'Costs of' }).selectOption('llm_use');
    expect(await dialog.getByLabel('Service').count()).toBe(0);
    await dialog.getByRole('combobox', { name: 'Team' }).selectOption('Bravo');
    await dialog.getByLabel('Name', { exact: true }).fill('Bravo models');
    await dialog.getByLabel('Amount', { exact: true }).fill('5');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Add budget' }).click();
    await budget('Bravo models').getByText('team Bravo · use of language models').waitFor();
  });

  it('changes a budget to another team', async () => {
    await page.getByRole('button', { name: /^Edit.*bravo budget/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit “bravo budget”' });
    await dialog.getByRole('combobox', { name: 'Team' }).selectOption('Bravo');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await budget('bravo budget').getByText('team Bravo · bravo aws').waitFor();
  });

  it('shows each team its own, and offers an approver the own team only', async () => {
    await signOut();
    await ui.signIn(ada.username, '/budgets');
    await budget('Alpha in all').getByText('team Alpha').waitFor();
    expect((await page.content()).toLowerCase()).not.toContain('bravo');
    await page.getByRole('button', { name: 'Add budget' }).click();
    const teams = page
      .getByRole('dialog')
      .getByRole('combobox', { name: 'Team' })
      .locator('option');
    expect(await teams.allTextContents()).toEqual(['all', 'Alpha']);
    await page.getByRole('dialog').getByRole('button', { name: 'Back' }).click();
    await signOut();
    await ui.signIn(bob.username, '/budgets');
    await budget('Bravo models').getByText('team Bravo').waitFor();
    expect((await page.content()).toLowerCase()).not.toContain('alpha');
    expect(await violations(page)).toEqual([]);
  });

  it('fits a screen of 360 px', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    expect(
      await page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth'),
    ).toBe(false);
  });

  it('says nothing on the console', () => {
    // But what the browser itself reports of a session that has ended.
    expect(ui.complaints.filter((text) => !/\b401\b/.test(text))).toEqual([]);
  });
});
