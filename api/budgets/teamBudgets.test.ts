import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BudgetDetail, BudgetPage } from '../../core/contracts/budget.ts';
import type { Team, TeamGrant } from '../../core/contracts/team.ts';
import { UsageSummary } from '../../core/contracts/usage.ts';
import { addDays } from '../../core/time/day.ts';
import { addLlmUse } from '../../tests/api/addLlmUse.ts';
import { charge } from '../../tests/api/charge.ts';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { addConnection } from '../../tests/api/samples.ts';
import { DAY, startTeamWorld, type TeamWorld } from '../../tests/api/teamWorld.ts';

const PATH = '/api/v1/budgets';

let world: TeamWorld;
let shared: string;

beforeAll(async () => {
  world = await startTeamWorld(new Date(`${addDays(DAY, 1)}T12:00:00Z`));
  const { db } = world.api.services;
  shared = await addConnection(db, { name: 'shared' });
  await world.storeCharges(shared, [
    charge(DAY, '1.1', { subAccountId: '111', tags: { owner: 'data' } }),
    charge(DAY, '2.02', { subAccountId: '111', tags: { owner: 'web' } }),
    charge(DAY, '4.004', { subAccountId: '222', tags: { owner: 'data' }, serviceName: 'S3' }),
    charge(DAY, '8.0008', { subAccountId: '222', tags: { team: 'data' } }),
    charge(DAY, '16', { subAccountId: null, tags: {} }),
    charge(DAY, '500', { subAccountId: '111', tags: { owner: 'data' }, billingCurrency: 'EUR' }),
  ]);
  for (const [model, project, cost] of [
    ['gpt-5', 'alpha project', '3.03'],
    ['gpt-5', 'other project', '5.005'],
  ] as const)
    await addLlmUse(db, world.a.llmConnectionId, [
      { at: `${DAY}T02:00:00Z`, units: { input: '1' }, rates: { input: cost }, model, project },
    ]);
});
afterAll(() => world.close());

const addTeam = async (grants: readonly TeamGrant[], ...members: TestUser[]): Promise<Team> =>
  world.addTeam(
    members.map(({ id }) => ({ kind: 'user', id })),
    [...grants],
  );
const create = (filter: object, as = world.admin.as) =>
  world.api.call('POST', PATH, {
    as,
    body: { name: randomUUID(), amount: '100', currency: 'USD', filter },
  });
const add = async (filter: object, as = world.admin.as) =>
  (await create(filter, as)).read(BudgetDetail);
const get = (id: string, as: Record<string, string>) =>
  world.api.call('GET', `${PATH}/${id}`, { as });

describe('what a team’s budget counts', () => {
  test.each<[string, Omit<TeamGrant, 'connectionId'>[], string]>([
    ['a connection', [{}], '31.1248'],
    ['an account', [{ account: '111' }], '3.12'],
    ['an owner', [{ owner: 'data' }], '5.104'],
    ['an account and an owner that overlap', [{ account: '111' }, { owner: 'data' }], '7.124'],
    ['two owners', [{ owner: 'data' }, { owner: 'web' }], '7.124'],
    ['an owner and the whole', [{ owner: 'data' }, {}], '31.1248'],
    ['an account and the whole', [{ account: '222' }, {}], '31.1248'],
    ['nothing', [], '0'],
  ])(
    '%s: each charge once, and what its members see, to the cent',
    async (_name, parts, actualToDate) => {
      const member = await world.api.signIn('viewer');
      const grants = parts.map((part) => ({ connectionId: shared, ...part }));
      const team = await addTeam(grants, member);
      const budget = await add({ teamId: team.id });
      expect(budget.standing).toMatchObject({
        actualToDate,
        otherCurrencies: parts.length > 0 ? 1 : 0,
      });
      const seen = (await get(budget.id, member.as)).read(BudgetDetail);
      expect(seen).toEqual(budget);
      const days = `from=${DAY}&to=${addDays(DAY, 1)}`;
      const summary = await world.api.call('GET', `/api/v1/usage/summary?${days}`, {
        as: member.as,
      });
      const { totals } = summary.read(UsageSummary);
      expect(totals.find(({ currency }) => currency === 'USD')?.total ?? '0').toBe(actualToDate);
    },
  );

  test('together with what else the filter says', async () => {
    const { id: teamId } = await addTeam([
      { connectionId: shared, owner: 'data' },
      { connectionId: world.a.connectionId },
    ]);
    const spent = async (filter: object) =>
      (await add({ teamId, ...filter })).standing.actualToDate;
    expect(await spent({})).toBe('15.104000000000000001');
    expect(await spent({ service: 'S3' })).toBe('4.004');
    expect(await spent({ account: '111' })).toBe('1.1');
    expect(await spent({ connectionId: world.a.connectionId })).toBe('10.000000000000000001');
    expect(await spent({ connectionId: world.b.connectionId })).toBe('0');
    expect(await spent({ provider: 'gcp' })).toBe('0');
  });

  test('follows what the team is given, also for days before', async () => {
    const team = await addTeam([{ connectionId: shared, account: '111' }]);
    const budget = await add({ teamId: team.id });
    expect(budget.standing.forecast).toMatchObject({ actualToDate: '3.1200' });
    await world.api.call('PATCH', `/api/v1/teams/${team.id}`, {
      as: world.admin.as,
      body: { grants: [{ connectionId: shared, account: '222' }] },
    });
    const { standing } = (await get(budget.id, world.admin.as)).read(BudgetDetail);
    expect(standing.actualToDate).toBe('12.0048');
  });

  test('of language models is the use in its connections and projects, and none by owner', async () => {
    const connectionId = world.a.llmConnectionId;
    const spent = async (grant: Omit<TeamGrant, 'connectionId'>, filter: object = {}) => {
      const member = await world.api.signIn('viewer');
      const { id: teamId } = await addTeam([{ connectionId, ...grant }], member);
      const budget = await add({ teamId, counts: 'llm_use', ...filter });
      expect((await get(budget.id, member.as)).read(BudgetDetail)).toEqual(budget);
      return budget.standing.actualToDate;
    };
    expect(await spent({})).toBe('8.035');
    expect(await spent({ account: 'alpha project' })).toBe('3.03');
    expect(await spent({}, { account: 'other project' })).toBe('5.005');
    expect(await spent({}, { provider: 'openai', model: 'gpt-5-mini' })).toBe('0');
    expect(await spent({ owner: 'alpha user' })).toBe('0');
    expect((await add({ counts: 'llm_use' })).standing.actualToDate).toBe('8.035');
  });
});

describe('who sees a team’s budget', () => {
  test('are its members and who sees everything; nobody else, however much they see of it', async () => {
    const [member, other, both] = [
      await world.api.signIn('viewer'),
      await world.api.signIn('viewer'),
      await world.api.signIn('viewer'),
    ];
    const grants = [{ connectionId: shared }];
    const [a, b] = [await addTeam(grants, member, both), await addTeam(grants, other, both)];
    const [ofA, ofB] = [
      await add({ teamId: a.id }),
      await add({ teamId: b.id, connectionId: shared }),
    ];
    const statuses = async ({ as }: TestUser) => [
      (await get(ofA.id, as)).status,
      (await get(ofB.id, as)).status,
    ];
    expect(await statuses(member)).toEqual([200, 404]);
    expect(await statuses(other)).toEqual([404, 200]);
    expect(await statuses(both)).toEqual([200, 200]);
    expect(await statuses(await world.api.signIn('viewer'))).toEqual([200, 200]);
    const list = await world.api.call('GET', `${PATH}?limit=200`, { as: other.as });
    const { items } = list.read(BudgetPage);
    expect(items.map(({ id }) => id)).toContain(ofB.id);
    expect(list.text).not.toContain(ofA.id);
    expect(list.text).not.toContain(a.id);
  });

  test('who is in two teams sees of each what that team was given', async () => {
    const both = await world.api.signIn('viewer');
    const [data, web] = [
      await addTeam([{ connectionId: shared, owner: 'data' }], both),
      await addTeam([{ connectionId: shared, account: '222' }], both),
    ];
    const [ofData, ofWeb] = [await add({ teamId: data.id }), await add({ teamId: web.id })];
    for (const budget of [ofData, ofWeb])
      expect((await get(budget.id, both.as)).read(BudgetDetail)).toEqual(budget);
    expect([ofData.standing.actualToDate, ofWeb.standing.actualToDate]).toEqual([
      '5.104',
      '12.0048',
    ]);
  });

  test('is asked of who writes it as well', async () => {
    const approver = await world.api.signIn('approver');
    const [mine, other] = [
      await addTeam([{ connectionId: shared, account: '111' }], approver),
      await addTeam([{ connectionId: shared, account: '111' }]),
    ];
    const own = await create({ teamId: mine.id }, approver.as);
    expect(own.status).toBe(201);
    const { id } = own.read(BudgetDetail);
    for (const teamId of [other.id, randomUUID()])
      expect((await create({ teamId, connectionId: shared }, approver.as)).problem()).toMatchObject(
        { status: 403, detail: expect.stringContaining('filter.teamId') as string },
      );
    const theirs = await add({ teamId: other.id });
    const change = (budgetId: string, filter: object) =>
      world.api.call('PATCH', `${PATH}/${budgetId}`, { as: approver.as, body: { filter } });
    expect((await change(theirs.id, { teamId: mine.id })).status).toBe(404);
    expect((await change(id, { teamId: other.id })).status).toBe(403);
    expect((await change(id, { teamId: mine.id, service: 'S3' })).status).toBe(200);
  });

  test('the names of teams are those that a budget can be for', async () => {
    const approver = await world.api.signIn('approver');
    const mine = await addTeam([], approver);
    const names = async (as: Record<string, string>) =>
      (await world.api.call('GET', '/api/v1/team-names?limit=200', { as })).body as {
        items: object[];
      };
    expect((await names(approver.as)).items).toEqual([{ id: mine.id, name: mine.name }]);
    expect((await names(world.admin.as)).items.length).toBeGreaterThan(5);
    const lone = await world.api.addService(['budgets:read']);
    expect((await names(lone.as)).items.length).toBeGreaterThan(5);
    expect((await world.api.call('GET', '/api/v1/team-names')).status).toBe(401);
  });
});

test('a budget of a team that does not exist is refused by name', async () => {
  const refusal = { status: 404, code: 'team_not_found', pointers: ['/filter/teamId'] };
  expect((await create({ teamId: randomUUID() })).refusal()).toEqual(refusal);
  const { id } = await add({});
  const body = { filter: { teamId: randomUUID() } };
  const reply = await world.api.call('PATCH', `${PATH}/${id}`, { as: world.admin.as, body });
  expect(reply.refusal()).toEqual(refusal);
});

test('a team takes its budgets along, and the audit log names them', async () => {
  const team = await addTeam([{ connectionId: shared }]);
  const budget = await add({ teamId: team.id });
  const reply = await world.api.call('DELETE', `/api/v1/teams/${team.id}`, { as: world.admin.as });
  expect(reply.status).toBe(204);
  expect((await get(budget.id, world.admin.as)).status).toBe(404);
  const entry = await world.api.services.db
    .selectFrom('audit_log')
    .select('detail')
    .where('operation', '=', 'team.delete')
    .where('subject', '=', `team:${team.id}`)
    .executeTakeFirstOrThrow();
  expect(entry.detail).toMatchObject({ before: { name: team.name, budgets: [budget.name] } });
});
