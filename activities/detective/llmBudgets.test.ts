import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeAll, expect, test } from 'vitest';
import { BudgetCreate, type BudgetFilter } from '../../core/contracts/budget.ts';
import { addDays } from '../../core/time/day.ts';
import { type Connected, connect } from '../../db/connect.ts';
import { insertBudget } from '../../db/queries/budgets/insertBudget.ts';
import { readStandings } from '../../db/queries/budgets/readStandings.ts';
import { replaceCosts } from '../../db/queries/costs/replaceCosts.ts';
import { charge } from '../../tests/api/charge.ts';
import { addConnection } from '../../tests/api/samples.ts';
import { createTestDatabase } from '../../tests/servers/createTestDatabase.ts';
import { createEvaluateBudgets } from './evaluateBudgets.ts';

let connected: Connected;
let connectionId: string;
const DAYS = Array.from({ length: 20 }, (_, i) => addDays('2026-09-01', i));

beforeAll(async () => {
  const database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'llm-budget-test' });
  connectionId = await addConnection(connected.db, { provider: 'openai' });
  // The bill of the same use, which names no keys.
  await replaceCosts(connected.pool, {
    connectionId,
    provider: 'openai',
    from: '2026-09-01',
    to: '2026-09-21',
    rows: DAYS.map((day) => charge(day, '16', { subAccountId: 'proj_a' })),
    seenAt: new Date('2026-09-21T07:00:00Z'),
  });
  const use = (source: string, key: string, cost: string | null, given: object = {}) =>
    DAYS.map((day) => ({
      connection_id: connectionId,
      provider: 'openai',
      source,
      bucket_start: new Date(`${day}T23:59:00Z`),
      bucket_seconds: 60,
      model: 'gpt-5',
      api_key_id: key,
      project_id: 'proj_a',
      cost,
      price_source: 'override',
      ...given,
    }));
  await connected.db
    .insertInto('llm_usage')
    .values([
      ...use('pull', 'key_1', '10.000000000000000001'),
      ...use('pull', 'key_2', '5', { model: 'gpt-5-mini' }),
      ...use('pull', 'key_3', null, {
        cost_parts: JSON.stringify({ input: '1.5', output: '0.5' }),
      }),
      ...use('push', 'key_1', '10', { user_tag: 'team-a' }),
    ])
    .execute();
  await connected.db
    .insertInto('llm_pulls')
    .values({ connection_id: connectionId, pulled_until: new Date('2026-09-19T00:00:00Z') })
    .execute();
  return async () => {
    await connected.close();
    await database.drop();
  };
});

const add = async (name: string, filter: BudgetFilter) => {
  const given = { name, amount: '150', currency: 'USD', fractions: [0.5, 1], filter };
  const budget = await insertBudget(connected.db, BudgetCreate.parse(given));
  const [detail] = await readStandings(connected.db, [budget], '2026-09-20');
  return { id: budget.id, spent: detail?.standing.actualToDate };
};

test('counts the use of a key, a model, a project and a user tag, each once', async () => {
  const openai = { provider: 'openai' } as const;
  // Twenty days of the report, and two of what was pushed after it was read.
  expect((await add('key', { ...openai, apiKeyId: 'key_1' })).spent).toBe('220.00000000000000002');
  expect((await add('model', { ...openai, model: 'gpt-5-mini' })).spent).toBe('100');
  expect((await add('tag', { ...openai, userTag: 'team-a' })).spent).toBe('20');
  expect((await add('both', { ...openai, apiKeyId: 'key_2', account: 'proj_b' })).spent).toBe('0');
  expect((await add('partly', { ...openai, apiKeyId: 'key_3' })).spent).toBe('40');
  expect((await add('other', { provider: 'anthropic', apiKeyId: 'key_1' })).spent).toBe('0');
  expect((await add('bill', openai)).spent).toBe('320');
});

test('warns of a key as of any budget, once', async () => {
  await connected.db.deleteFrom('budgets').execute();
  const { id } = await add('key', { provider: 'openai', apiKeyId: 'key_1' });
  const evaluate = () =>
    new MockActivityEnvironment().run(createEvaluateBudgets(connected), {
      connectionId,
      asOf: '2026-09-21',
    });
  expect(await evaluate()).toBe(2);
  expect(await evaluate()).toBe(0);
  const warned = await connected.db
    .selectFrom('budget_warnings')
    .select(['basis', 'fraction'])
    .where('budget_id', '=', id)
    .orderBy('fraction')
    .execute();
  expect(warned.map(({ basis, fraction }) => [basis, Number(fraction)])).toEqual([
    ['actual', 0.5],
    ['actual', 1],
  ]);
});
