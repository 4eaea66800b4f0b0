import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ActionCreate, ActionDetail } from '../../core/contracts/action.ts';
import { SavingPage } from '../../core/contracts/saving.ts';
import { insertAction } from '../../db/queries/actions/insertAction.ts';
import { addSaving } from '../../tests/api/addSaving.ts';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { readAllPages } from '../../tests/api/readAllPages.ts';
import { actionProposal, addConnection, putActionInState } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let viewer: TestUser;
let operator: TestUser;
let connectionId: string;

beforeAll(async () => {
  api = await startTestApi();
  viewer = await api.signIn('viewer');
  operator = await api.signIn('operator');
  connectionId = await addConnection(api.services.db);
  // Two that saved, one that cost more, one that is still measured, and one that could not be told.
  await measured({ cost: '7' });
  await measured({ cost: '8', currency: 'EUR' });
  await measured({ cost: '13' });
  await measured({ cost: '7', days: 5 });
  await measured({ baseline: 'no_costs' });
});
afterAll(() => api.close());

async function propose(): Promise<string> {
  const { db } = api.services;
  const id = randomUUID();
  const create = ActionCreate.parse(actionProposal(connectionId));
  const proposedBy = { kind: 'user', id: operator.id, name: operator.username } as const;
  const expiresAt = new Date(Date.now() + 60_000);
  await db.transaction().execute((tx) => insertAction(tx, { id, create, proposedBy, expiresAt }));
  await putActionInState(api.services.db, id, { status: 'succeeded' });
  return id;
}

async function measured(given: Omit<Parameters<typeof addSaving>[1], 'actionId'>): Promise<string> {
  const actionId = await propose();
  await addSaving(api.services.db, { actionId, ...given });
  return actionId;
}

const list = async (query = '') =>
  (await api.call('GET', `/api/v1/savings${query}`, { as: viewer.as })).read(SavingPage);

describe('the list of savings', () => {
  test('has promised and measured amounts with their interval, newest first', async () => {
    const { items } = await list();
    expect(
      items.map(({ verdict, final, endedBy }) => `${verdict} ${String(final)} ${endedBy ?? '-'}`),
    ).toEqual([
      'cannot_tell true no_baseline',
      'realised false -',
      'regressed true measured',
      'realised true measured',
      'realised true measured',
    ]);
    expect(items.at(-1)).toMatchObject({
      kind: 'resize_instance',
      provider: 'aws',
      resourceName: 'batch',
      basis: 'usage_type',
      costsOf: ['BoxUsage:m5.xlarge', 'BoxUsage:m5.large'],
      promisedMonthly: { amount: '70.08', currency: 'USD' },
      measuredDays: 14,
      expected: '140',
      actual: '98',
      saved: '42',
      lower: '35',
      upper: '49',
    });
  });

  test('sums up by currency and never across', async () => {
    const { totals } = await list();
    expect(totals.map(({ currency }) => currency)).toEqual(['EUR', 'USD']);
    // 14 days of 3, 14 of -3 and 5 of 3; half widths 7, 7 and 2.5.
    expect(totals[1]).toMatchObject({
      saved: '15.0000',
      lower: '4.7897',
      upper: '25.2103',
      realised: 1,
      regressed: 1,
      cannotTell: 1,
      measuring: 1,
      promisedMonthly: '280.3200',
    });
  });

  test('is read page by page, with the totals of all of it', async () => {
    const items = await readAllPages(api, viewer.as, '/api/v1/savings?limit=2');
    expect(new Set(items.map(({ actionId }) => actionId)).size).toBe(5);
    expect((await list('?limit=2')).totals).toEqual((await list()).totals);
  });

  test('is filtered by verdict and connection', async () => {
    expect((await list('?verdict=regressed')).items).toHaveLength(1);
    expect((await list(`?connectionId=${connectionId}`)).items).toHaveLength(5);
    const other = await addConnection(api.services.db);
    expect(await list(`?connectionId=${other}`)).toEqual({
      items: [],
      next_cursor: null,
      totals: [],
    });
  });

  test.each(['?verdict=good', '?limit=0', '?cursor=x', '?since=1'])('refuses %s', async (query) => {
    const reply = await api.call('GET', `/api/v1/savings${query}`, { as: viewer.as });
    expect(reply.refusal()).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  test('tells nothing of an action that has not been carried out', async () => {
    const id = await propose();
    await addSaving(api.services.db, { actionId: id, isBegun: false });
    expect((await list()).items.map(({ actionId }) => actionId)).not.toContain(id);
  });
});

describe('an action', () => {
  test('has what it saved, day by day', async () => {
    const id = await measured({ cost: '7' });
    const { saving } = (await api.call('GET', `/api/v1/actions/${id}`, { as: viewer.as })).read(
      ActionDetail,
    );
    expect(saving).toMatchObject({ verdict: 'realised', final: true, historyDays: 100 });
    expect(saving?.days).toHaveLength(14);
    expect(saving?.days[0]).toEqual({
      date: '2026-07-03',
      expected: '10.0000',
      lower: '9.5000',
      upper: '10.5000',
      actual: '7',
    });
  });

  test('has none before its approval', async () => {
    const id = await propose();
    const { saving } = (await api.call('GET', `/api/v1/actions/${id}`, { as: viewer.as })).read(
      ActionDetail,
    );
    expect(saving).toBeNull();
  });
});
