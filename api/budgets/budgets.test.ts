import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BudgetDetail, BudgetPage } from '../../core/contracts/budget.ts';
import type { CostRecord } from '../../core/focus/costRecord.ts';
import { addDays } from '../../core/time/day.ts';
import { replaceCosts } from '../../db/queries/costs/replaceCosts.ts';
import { charge } from '../../tests/api/charge.ts';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { readAllPages } from '../../tests/api/readAllPages.ts';
import { addConnection } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

const PATH = '/api/v1/budgets';
const FIRST = '2026-08-01';

let api: TestApi;
let approver: TestUser;
let viewer: TestUser;
let aws: string;
let count = 0;

beforeAll(async () => {
  api = await startTestApi();
  api.clock.now = new Date('2026-11-21T09:00:00Z');
  [approver, viewer] = [await api.signIn('approver'), await api.signIn('viewer')];
  aws = await addConnection(api.services.db);
  const days = Array.from({ length: 112 }, (_, i) => addDays(FIRST, i));
  const daily = (cost: string, given: Partial<CostRecord>) =>
    days.map((date) => charge(date, cost, given));
  await replaceCosts(api.services.pool, {
    connectionId: aws,
    provider: 'aws',
    from: FIRST,
    to: '2026-12-01',
    rows: [
      ...daily('30.10', { serviceName: 'EC2', regionId: 'us-east-1', subAccountId: '1' }),
      ...daily('9.90', { serviceName: 'S3', regionId: 'eu-west-1', subAccountId: '2' }),
      ...daily('5', { serviceName: 'EC2', billingCurrency: 'EUR' }),
      charge('2026-11-25', '9999', { serviceName: 'EC2' }),
    ],
    seenAt: new Date('2026-11-21T07:00:00Z'),
  });
});
afterAll(() => api.close());

const newName = () => `budget ${String(++count).padStart(3, '0')}`;
const create = (body: unknown, headers: Record<string, string> = {}) =>
  api.call('POST', PATH, { as: approver.as, body, headers });
const add = async (given: Record<string, unknown> = {}) =>
  (await create({ name: newName(), amount: '1000', currency: 'USD', ...given })).read(BudgetDetail);
const change = (id: string, body: unknown) =>
  api.call('PATCH', `${PATH}/${id}`, { as: approver.as, body });
const remove = (id: string) => api.call('DELETE', `${PATH}/${id}`, { as: approver.as });
const get = (id: string) => api.call('GET', `${PATH}/${id}`, { as: viewer.as });

const isAnyoneWaiting = async (): Promise<boolean> => {
  const waiting = await sql`select 1 from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(api.services.db);
  return waiting.rows.length > 0;
};

describe('adding a budget', () => {
  test('watches all costs of its currency each month, at a half, four fifths and all', async () => {
    const reply = await create({ name: ' All spend ', amount: '1000.50', currency: 'USD' });
    expect(reply.status).toBe(201);
    const budget = reply.read(BudgetDetail);
    expect(budget).toMatchObject({
      name: 'All spend',
      amount: '1000.5',
      currency: 'USD',
      period: 'month',
      filter: {},
      fractions: [0.5, 0.8, 1],
      enabled: true,
    });
    expect((await get(budget.id)).read(BudgetDetail)).toEqual(budget);
  });

  test('a fraction that is named twice counts once, also where rounding makes two alike', async () => {
    const { fractions } = await add({ fractions: [0.5, 0.3333, 0.5, 0.33329] });
    expect(fractions).toEqual([0.5, 0.333]);
  });

  test('with a name that is taken is 409', async () => {
    const { name } = await add();
    expect((await create({ name, amount: '1', currency: 'EUR' })).refusal()).toEqual({
      status: 409,
      code: 'name_taken',
      pointers: ['/name'],
    });
  });

  test('twice with one Idempotency-Key adds one', async () => {
    const body = { name: newName(), amount: '5', currency: 'USD' };
    const key = { 'idempotency-key': randomUUID() };
    const [first, second] = [await create(body, key), await create(body, key)];
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect((await create({ ...body, amount: '6' }, key)).refusal().code).toBe(
      'idempotency_key_reused',
    );
  });

  const valid = { name: 'a', amount: '1', currency: 'USD' };
  test.each([
    [{}, ['/amount', '/currency', '/name']],
    [{ ...valid, name: ' ' }, ['/name']],
    [{ ...valid, amount: '0' }, ['/amount']],
    [{ ...valid, amount: '-1' }, ['/amount']],
    [{ ...valid, amount: '0.000' }, ['/amount']],
    [{ ...valid, amount: 5 }, ['/amount']],
    [{ ...valid, amount: 'many' }, ['/amount']],
    [{ ...valid, currency: 'usd' }, ['/currency']],
    [{ ...valid, period: 'year' }, ['/period']],
    [{ ...valid, filter: { tag: 'x' } }, ['/filter/tag']],
    [
      { ...valid, filter: { provider: 'ibm', connectionId: '1' } },
      ['/filter/connectionId', '/filter/provider'],
    ],
    [{ ...valid, filter: { apiKeyId: 'key_1' } }, ['/filter/provider']],
    [{ ...valid, filter: { userTag: 'x', provider: 'aws' } }, ['/filter/provider']],
    [{ ...valid, filter: { model: 'x', provider: 'openai', service: 'y' } }, ['/filter/service']],
    [{ ...valid, currency: 'EUR', filter: { model: 'x', provider: 'anthropic' } }, ['/currency']],
    [{ ...valid, filter: { counts: 'llm_use', provider: 'gcp' } }, ['/filter/provider']],
    [{ ...valid, filter: { counts: 'llm_use', region: 'x' } }, ['/filter/service']],
    [{ ...valid, filter: { counts: 'bill' } }, ['/filter/counts']],
    [{ ...valid, filter: { teamId: 'data' } }, ['/filter/teamId']],
    [{ ...valid, currency: 'EUR', filter: { counts: 'llm_use' } }, ['/currency']],
    [{ ...valid, filter: null }, ['/filter']],
    [{ ...valid, fractions: [] }, ['/fractions']],
    [{ ...valid, fractions: [0] }, ['/fractions/0']],
    [{ ...valid, fractions: [0.5, 11] }, ['/fractions/1']],
    [{ ...valid, fractions: ['0.5'] }, ['/fractions/0']],
    [{ ...valid, enabled: 'yes' }, ['/enabled']],
    [{ ...valid, standing: {} }, ['/standing']],
  ])('with %j is refused by name', async (body, pointers) => {
    expect((await create(body)).refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers,
    });
  });
});

describe('where a budget stands', () => {
  test('is what was spent up to the last full day, the forecast, and what was left out', async () => {
    const { standing } = await add();
    expect(standing).toMatchObject({
      periodStart: '2026-11-01',
      periodEnd: '2026-11-30',
      actualToDate: '800',
      percent: 80,
      otherCurrencies: 1,
      warnings: [],
      forecast: { until: '2026-11-30', actualToDate: '800.0000' },
    });
    expect(Number(standing.forecast!.expected)).toBeCloseTo(1200, -1);
    expect(Number(standing.forecast!.lower)).toBeLessThanOrEqual(
      Number(standing.forecast!.expected),
    );
  });

  test.each([
    [{ service: 'EC2' }, '602'],
    [{ region: 'eu-west-1' }, '198'],
    [{ account: '1', provider: 'aws' }, '602'],
    [{ provider: 'gcp' }, '0'],
    [{ connectionId: randomUUID() }, '0'],
  ])('counts only what passes %j', async (filter, actualToDate) => {
    expect((await add({ filter })).standing.actualToDate).toBe(actualToDate);
  });

  test('in a quarter counts from its first day', async () => {
    expect((await add({ period: 'quarter' })).standing).toMatchObject({
      periodStart: '2026-10-01',
      periodEnd: '2026-12-31',
      actualToDate: '2040',
    });
  });

  test('on the first morning of a month is still the whole month before', async () => {
    const budget = await add();
    api.clock.now = new Date('2026-11-01T00:00:00Z');
    expect((await get(budget.id)).read(BudgetDetail).standing).toMatchObject({
      periodStart: '2026-10-01',
      actualToDate: '1240',
      forecast: { expected: '1240.0000', lower: '1240.0000', upper: '1240.0000' },
    });
    api.clock.now = new Date('2026-11-21T09:00:00Z');
  });

  test('names the warnings of this period only', async () => {
    const budget = await add();
    const warning = {
      budget_id: budget.id,
      basis: 'actual',
      actual_to_date: '510',
      forecast: null,
    };
    await api.services.db
      .insertInto('budget_warnings')
      .values([
        { ...warning, period_start: '2026-10-01', fraction: '0.8' },
        { ...warning, period_start: '2026-11-01', fraction: '0.5' },
      ])
      .execute();
    const { warnings } = (await get(budget.id)).read(BudgetDetail).standing;
    expect(warnings).toMatchObject([
      { basis: 'actual', fraction: 0.5, actualToDate: '510', forecast: null },
    ]);
  });
});

describe('changing a budget', () => {
  test('changes what is named and nothing else', async () => {
    const before = await add();
    const reply = await change(before.id, { amount: '2000', fractions: [0.9], enabled: false });
    const after = reply.read(BudgetDetail);
    expect(after).toEqual({
      ...before,
      amount: '2000',
      fractions: [0.9],
      enabled: false,
      updatedAt: after.updatedAt,
      standing: { ...before.standing, percent: 40 },
    });
    const filter = { service: 'S3' };
    expect((await change(before.id, { filter })).read(BudgetDetail)).toMatchObject({
      amount: '2000',
      filter,
      standing: { actualToDate: '198' },
    });
  });

  const taken = { status: 409, code: 'name_taken', pointers: ['/name'] };

  test('to a name that is taken is 409', async () => {
    const [first, second] = [await add(), await add()];
    expect((await change(second.id, { name: first.name })).refusal()).toEqual(taken);
  });

  test('to a name that another request takes at the same moment is 409', async () => {
    const [first, second] = [await add(), await add()];
    const name = newName();
    let reply: ReturnType<typeof change> | undefined;
    await api.services.db.transaction().execute(async (tx) => {
      await tx.updateTable('budgets').set({ name }).where('id', '=', first.id).execute();
      reply = change(second.id, { name });
      await expect.poll(isAnyoneWaiting, { timeout: 10_000 }).toBe(true);
    });
    expect((await reply!).refusal()).toEqual(taken);
  });

  test.each([
    [{ currency: 'EUR' }, ['/currency']],
    [{ period: 'quarter' }, ['/period']],
    [{ amount: '0', fractions: [] }, ['/amount', '/fractions']],
  ])('with %j is refused by name', async (body, pointers) => {
    const { id } = await add();
    expect((await change(id, body)).refusal()).toMatchObject({ status: 400, pointers });
  });
});

test('deleting a budget takes its warnings along, and twice is 404', async () => {
  const { id } = await add();
  await api.services.db
    .insertInto('budget_warnings')
    .values({
      budget_id: id,
      period_start: '2026-11-01',
      basis: 'actual',
      fraction: '0.5',
      actual_to_date: '500',
    })
    .execute();
  const reply = await remove(id);
  expect(reply.status).toBe(204);
  expect(reply.text).toBe('');
  expect((await get(id)).refusal()).toMatchObject({ status: 404, code: 'budget_not_found' });
  expect((await remove(id)).refusal()).toMatchObject({ status: 404, code: 'budget_not_found' });
});

test('deleting twice with one Idempotency-Key answers the same', async () => {
  const { id } = await add();
  const call = () =>
    api.call('DELETE', `${PATH}/${id}`, {
      as: approver.as,
      headers: { 'idempotency-key': `delete:${id}` },
    });
  expect((await call()).status).toBe(204);
  expect((await call()).status).toBe(204);
});

test.each([
  ['GET', undefined],
  ['PATCH', { amount: '1' }],
  ['DELETE', undefined],
])('%s of a budget that does not exist is 404', async (method, body) => {
  const reply = await api.call(method, `${PATH}/${randomUUID()}`, { as: approver.as, body });
  expect(reply.refusal()).toMatchObject({ status: 404, code: 'budget_not_found' });
});

test.each(['viewer', 'operator'] as const)('%s may look and not write', async (role) => {
  const { as } = await api.signIn(role);
  const { id } = await add();
  expect((await api.call('GET', PATH, { as })).status).toBe(200);
  const forbidden = { status: 403, code: 'forbidden' };
  const body = { name: newName(), amount: '1', currency: 'USD' };
  expect((await api.call('POST', PATH, { as, body })).refusal()).toMatchObject(forbidden);
  const one = `${PATH}/${id}`;
  expect((await api.call('PATCH', one, { as, body: {} })).refusal()).toMatchObject(forbidden);
  expect((await api.call('DELETE', one, { as })).refusal()).toMatchObject(forbidden);
});

test('nobody who is not signed in gets anything', async () => {
  const { id } = await add();
  for (const [method, path] of [
    ['GET', PATH],
    ['POST', PATH],
    ['GET', `${PATH}/${id}`],
    ['PATCH', `${PATH}/${id}`],
    ['DELETE', `${PATH}/${id}`],
  ] as const)
    expect((await api.call(method, path)).status).toBe(401);
});

test('each write leaves exactly one audit entry with what was and what is', async () => {
  const { id, name } = await add({ filter: { service: 'S3' } });
  await change(id, { amount: '7' });
  await remove(id);
  const entries = await api.services.db
    .selectFrom('audit_log')
    .select(['operation', 'detail', 'actor_name'])
    .where('subject', '=', `budget:${id}`)
    .orderBy('seq')
    .execute();
  const settings = { name, filter: { service: 'S3' }, fractions: [0.5, 0.8, 1], enabled: true };
  const fixed = { currency: 'USD', period: 'month' };
  expect(entries).toEqual([
    {
      operation: 'budget.create',
      actor_name: approver.username,
      detail: { after: { ...settings, ...fixed, amount: '1000' } },
    },
    {
      operation: 'budget.change',
      actor_name: approver.username,
      detail: { before: { ...settings, amount: '1000' }, after: { ...settings, amount: '7' } },
    },
    {
      operation: 'budget.delete',
      actor_name: approver.username,
      detail: { before: { ...settings, ...fixed, amount: '7' } },
    },
  ]);
});

describe('the list', () => {
  test('is by name, and its pages put together are all of it', async () => {
    for (const name of ['Ähre', 'zebra', 'a%b']) await add({ name, filter: { service: 'S3' } });
    const whole = await readAllPages(api, viewer.as, `${PATH}?limit=200`);
    expect(whole.length).toBeGreaterThan(10);
    expect(await readAllPages(api, viewer.as, `${PATH}?limit=3`)).toEqual(whole);
    const page = (await api.call('GET', `${PATH}?limit=200`, { as: viewer.as })).read(BudgetPage);
    for (const budget of page.items.slice(0, 3))
      expect((await get(budget.id)).read(BudgetDetail)).toEqual(budget);
  });

  test.each([
    ['limit=0', 'limit'],
    ['cursor=x', 'cursor'],
  ])('refuses %s by name', async (query, pointer) => {
    const reply = await api.call('GET', `${PATH}?${query}`, { as: viewer.as });
    expect(reply.refusal()).toEqual({ status: 400, code: 'invalid_request', pointers: [pointer] });
  });
});

test('every change of a budget and every warning is told to whoever listens', async () => {
  const seen: string[] = [];
  api.services.changes.start();
  let ready: () => void = () => undefined;
  const listening = new Promise<void>((resolve) => (ready = resolve));
  const stop = api.services.changes.listen({
    onChange: ({ entity, id }) => seen.push(`${entity} ${id}`),
    onGap: () => ready(),
    onEnd: () => undefined,
  });
  await listening;
  const { id } = await add();
  await change(id, { amount: '2' });
  await api.services.db
    .insertInto('budget_warnings')
    .values({
      budget_id: id,
      period_start: '2026-11-01',
      basis: 'actual',
      fraction: '1',
      actual_to_date: '2',
    })
    .execute();
  await remove(id);
  await expect.poll(() => seen).toEqual(Array.from({ length: 4 }, () => `budget ${id}`));
  stop();
});
