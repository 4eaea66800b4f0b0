import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CostRecord } from '../../../core/focus/costRecord.ts';
import { charge } from '../../../tests/api/charge.ts';
import { addConnection } from '../../../tests/api/samples.ts';
import {
  createTestDatabase,
  type TestDatabase,
} from '../../../tests/servers/createTestDatabase.ts';
import { connect, type Connected } from '../../connect.ts';
import { type ReplaceCosts, replaceCosts } from './replaceCosts.ts';

let database: TestDatabase;
let connected: Connected;
let connectionId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'costs-test' });
});
afterAll(async () => {
  await connected.close();
  await database.drop();
});
beforeEach(async () => {
  connectionId = await addConnection(connected.db);
});

const replace = (rows: ReplaceCosts['rows'], given: Partial<ReplaceCosts> = {}) =>
  replaceCosts(connected.pool, {
    connectionId,
    provider: 'aws',
    from: '2026-11-01',
    to: '2026-12-01',
    rows,
    seenAt: new Date('2026-11-20T07:00:00Z'),
    ...given,
  });
const records = () =>
  connected.db
    .selectFrom('cost_records')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .orderBy('charge_period_start')
    .orderBy('dimensions_hash')
    .execute();
const daily = () =>
  connected.db
    .selectFrom('cost_daily')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .orderBy('day')
    .orderBy('service_name')
    .orderBy('region_id')
    .orderBy('billing_currency')
    .execute();
const totals = async () => (await daily()).map((d) => [d.day, d.service_name, d.billed_cost]);
const revisions = () =>
  connected.db
    .selectFrom('cost_daily_revisions')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .orderBy('replaced_at')
    .execute();
/** Where the sums by one dimension are not what the daily rollup adds up to. */
const wrongGroups = async () =>
  (
    await sql`
      with truth as (
        select connection_id, dimension, value, billing_currency, day, sum(billed_cost) as cost
        from cost_daily, lateral (values ('total', ''), ('service', service_name), ('account', sub_account_id),
          ('region', region_id)) of(dimension, value)
        group by 1, 2, 3, 4, 5)
      select * from truth t full join cost_daily_groups g using (connection_id, dimension, value, billing_currency, day)
      where t.cost is distinct from g.billed_cost`.execute(connected.db)
  ).rows;
const dataUntil = async () =>
  (
    await connected.db
      .selectFrom('connections')
      .select('data_until')
      .where('id', '=', connectionId)
      .executeTakeFirstOrThrow()
  ).data_until;

describe('storing a period', () => {
  test('keeps every row and its daily total, and says what is new', async () => {
    const result = await replace([
      charge('2026-11-01', '1.10', { serviceName: 'EC2' }),
      charge('2026-11-01', '2.20', { serviceName: 'EC2', resourceId: 'i-1' }),
      charge('2026-11-03', '3', { serviceName: 'S3' }),
    ]);
    expect(result).toEqual({ rows: 3, changedDays: 2, newestDay: '2026-11-03' });
    expect(await records()).toHaveLength(3);
    expect(await totals()).toEqual([
      ['2026-11-01', 'EC2', '3.30'],
      ['2026-11-03', 'S3', '3'],
    ]);
    expect(await dataUntil()).toBe('2026-11-03');
    expect(await revisions()).toEqual([]);
  });

  test('takes rows as a stream', async () => {
    async function* stream(): AsyncGenerator<CostRecord> {
      for (let day = 1; day <= 28; day += 1) {
        await Promise.resolve();
        yield charge(`2026-11-${String(day).padStart(2, '0')}`, '1');
      }
    }
    expect(await replace(stream())).toMatchObject({ rows: 28, changedDays: 28 });
  });

  test('takes more rows than one chunk of the copy holds', async () => {
    const rows = Array.from({ length: 5_000 }, (_, i) =>
      charge('2026-11-05', '0.01', { resourceId: `resource-${String(i)}` }),
    );
    expect(await replace(rows)).toMatchObject({ rows: 5_000, changedDays: 1 });
    expect(await totals()).toEqual([['2026-11-05', 'Amazon EC2', '50.00']]);
  });

  test('of no rows is fine', async () => {
    expect(await replace([])).toEqual({ rows: 0, changedDays: 0, newestDay: null });
    expect(await dataUntil()).toBeNull();
  });

  test('across months and years makes their partitions', async () => {
    await replace(
      [charge('2026-12-31', '1'), charge('2027-01-01', '2'), charge('2027-02-28', '3')],
      {
        from: '2026-12-01',
        to: '2027-03-01',
      },
    );
    expect((await totals()).map(([day]) => day)).toEqual([
      '2026-12-31',
      '2027-01-01',
      '2027-02-28',
    ]);
  });

  test('adds up charges that the provider names twice', async () => {
    const twice = charge('2026-11-01', '0.1', { consumedQuantity: '1.5', effectiveCost: '0.05' });
    await replace([twice, { ...twice, billedCost: '0.2', xEstimated: true }, twice]);
    expect(await records()).toMatchObject([
      { billed_cost: '0.4', consumed_quantity: '4.5', effective_cost: '0.15', x_estimated: true },
    ]);
  });

  test('keeps currencies apart', async () => {
    await replace([
      charge('2026-11-01', '1', { billingCurrency: 'EUR' }),
      charge('2026-11-01', '2', { billingCurrency: 'USD' }),
    ]);
    expect((await daily()).map((d) => [d.billing_currency, d.billed_cost])).toEqual([
      ['EUR', '1'],
      ['USD', '2'],
    ]);
  });

  test('keeps every digit', async () => {
    const cost = '1234567890.123456789012345678901234567890';
    await replace([charge('2026-11-01', cost), charge('2026-11-02', '1.5E-10')]);
    expect((await totals()).map((row) => row[2])).toEqual([cost, '0.00000000015']);
  });

  test.each(['a\tb', 'a\nb', 'a\r\nb', 'a\\b', '\\N', '\\.', "a'b", '東京 🚀', ' ', '{"a":1}'])(
    'keeps the name %j as it is',
    async (name) => {
      const row = charge('2026-11-01', '1', {
        serviceName: name,
        resourceName: name,
        tags: { [name]: name },
      });
      await replace([row]);
      expect(await records()).toMatchObject([
        { service_name: name, resource_name: name, tags: { [name]: name } },
      ]);
    },
  );

  test('leaves out NUL, which Postgres cannot hold', async () => {
    const tags = { ['k\u0000']: 'v\u0000\\u0000' };
    await replace([charge('2026-11-01', '1', { serviceName: 'a\u0000b', tags })]);
    expect(await records()).toMatchObject([{ service_name: 'ab', tags: { k: 'v\\u0000' } }]);
  });

  test('replaces half a character, which is none', async () => {
    const tags = { ['k\ud83d']: 'v\udc00' };
    await replace([charge('2026-11-01', '1', { serviceName: 'a\ud83d', tags })]);
    expect(await records()).toMatchObject([
      { service_name: 'a\ufffd', tags: { 'k\ufffd': 'v\ufffd' } },
    ]);
  });
});

describe('storing it again', () => {
  const rows = [
    charge('2026-11-01', '1', { serviceName: 'EC2', tags: { a: '1', b: '2' } }),
    charge('2026-11-02', '2', { serviceName: 'EC2' }),
    charge('2026-11-02', '3', { serviceName: 'S3', regionId: 'us-east-1' }),
  ];
  const later = { seenAt: new Date('2026-11-21T07:00:00Z') };

  test('with the same rows, in whatever order, changes nothing', async () => {
    await replace(rows);
    const before = { records: await records(), daily: await daily() };
    const again = [...rows].reverse().map((row) => ({
      ...row,
      tags: Object.fromEntries(Object.entries(row.tags).reverse()),
    }));
    expect(await replace(again, later)).toMatchObject({ rows: 3, changedDays: 0 });
    expect({ records: await records(), daily: await daily() }).toEqual(before);
    expect(await revisions()).toEqual([]);
  });

  test('restated replaces what stood before, and keeps that as a revision', async () => {
    await replace(rows);
    const restated = [rows[0]!, { ...rows[1]!, billedCost: '2.5' }, rows[2]!];
    expect(await replace(restated, later)).toMatchObject({ changedDays: 1 });
    expect(await totals()).toContainEqual(['2026-11-02', 'EC2', '2.5']);
    expect(await revisions()).toMatchObject([
      {
        day: '2026-11-02',
        service_name: 'EC2',
        billed_cost: '2',
        seen_at: new Date('2026-11-20T07:00:00Z'),
        replaced_at: new Date('2026-11-21T07:00:00Z'),
      },
    ]);
  });

  test('removes what is not there any more, and keeps its total as a revision', async () => {
    await replace(rows);
    expect(await replace([rows[1]!], later)).toMatchObject({ rows: 1, changedDays: 2 });
    expect(await totals()).toEqual([['2026-11-02', 'EC2', '2']]);
    expect((await revisions()).map((r) => [r.day, r.service_name, r.billed_cost]).sort()).toEqual([
      ['2026-11-01', 'EC2', '1'],
      ['2026-11-02', 'S3', '3'],
    ]);
  });

  test('counts what is new and what is gone together', async () => {
    await replace([rows[0]!, rows[1]!]);
    expect(await replace([rows[1]!, rows[2]!], later)).toMatchObject({ changedDays: 2 });
  });

  test('touches nothing outside its period and nothing of another connection', async () => {
    const other = await addConnection(connected.db);
    await replace(rows);
    await replace([charge('2026-11-02', '9')], { connectionId: other });
    await replace([], { from: '2026-11-02', to: '2026-11-03', seenAt: later.seenAt });
    expect(await totals()).toEqual([['2026-11-01', 'EC2', '1']]);
    await replace([], { connectionId: other, from: '2026-11-03', to: '2026-11-30' });
    connectionId = other;
    expect(await totals()).toEqual([['2026-11-02', 'Amazon EC2', '9']]);
  });
});

describe('nothing is stored', () => {
  const refused: unknown = expect.objectContaining({ code: 'provider_answer_invalid' });
  beforeEach(async () => {
    await replace([charge('2026-11-01', '1')]);
  });
  const expectUnchanged = async () => {
    expect(await totals()).toEqual([['2026-11-01', 'Amazon EC2', '1']]);
    expect(await revisions()).toEqual([]);
    // The pool's connection is not left in a broken transaction.
    for (let i = 0; i < 5; i += 1) await sql`select 1`.execute(connected.db);
  };

  test.each(['2026-10-31', '2026-12-01', '2020-01-01'])(
    'when one row lies outside the period, on %s',
    async (day) => {
      await expect(replace([charge('2026-11-02', '1'), charge(day, '1')])).rejects.toEqual(refused);
      await expectUnchanged();
    },
  );

  test('when reading the rows fails in the middle', async () => {
    const failing = function* (): Generator<CostRecord> {
      for (let i = 0; i < 2_000; i += 1) yield charge('2026-11-05', '1', { resourceId: String(i) });
      throw new Error('the provider hung up');
    };
    await expect(replace(failing())).rejects.toThrow('the provider hung up');
    await expectUnchanged();
  });

  test('when an amount is no number', async () => {
    await expect(replace([charge('2026-11-02', 'a lot')])).rejects.toThrow();
    await expectUnchanged();
  });
});

describe('a connection that is gone', () => {
  test('takes its rows along', async () => {
    await replace([charge('2026-11-01', '1')]);
    await connected.db.deleteFrom('connections').where('id', '=', connectionId).execute();
    expect(await records()).toEqual([]);
    expect(await daily()).toEqual([]);
  });

  test('gets no rows any more', async () => {
    await connected.db.deleteFrom('connections').where('id', '=', connectionId).execute();
    await expect(replace([charge('2026-11-01', '1')])).rejects.toMatchObject({
      code: 'connection_not_found',
    });
    expect(await records()).toEqual([]);
  });

  test('cannot go while its rows are being stored', async () => {
    const slow = async function* (): AsyncGenerator<CostRecord> {
      yield charge('2026-11-01', '1');
      await Promise.resolve();
    };
    await Promise.all([
      replace(slow()).catch(() => undefined),
      connected.db.deleteFrom('connections').where('id', '=', connectionId).execute(),
    ]);
    expect(await records()).toEqual([]);
  });
});

describe('two at once', () => {
  test('of one connection run one after the other', async () => {
    const stored = (cost: string) =>
      Array.from({ length: 20 }, (_, i) =>
        charge(`2026-11-${String(i + 1).padStart(2, '0')}`, cost, { resourceId: cost }),
      );
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(['1', '2', '3', '4'].map((cost) => replace(stored(cost))));
      const costs = new Set((await daily()).map((d) => d.billed_cost));
      expect(costs.size).toBe(1);
      expect(await records()).toHaveLength(20);
    }
  });

  test('of two connections that need the same new month both succeed', async () => {
    const other = await addConnection(connected.db);
    const period = { from: '2031-01-01', to: '2031-04-01' };
    const rows = [charge('2031-01-01', '1'), charge('2031-02-01', '1'), charge('2031-03-01', '1')];
    const results = await Promise.all([
      replace(rows, period),
      replace(rows, { ...period, connectionId: other }),
    ]);
    expect(results).toMatchObject([{ changedDays: 3 }, { changedDays: 3 }]);
  });
});

const someRows = fc.array(
  fc.record({
    day: fc.integer({ min: 1, max: 6 }).map((d) => `2026-11-0${String(d)}`),
    cost: fc.integer({ min: -500, max: 5_000 }).map((n) => (n / 100).toFixed(2)),
    serviceName: fc.constantFrom('EC2', 'S3'),
    regionId: fc.constantFrom(null, 'us-east-1', ''),
    subAccountId: fc.constantFrom(null, '1'),
    billingCurrency: fc.constantFrom('USD', 'EUR'),
    skuMeter: fc.constantFrom(null, 'BoxUsage'),
  }),
  { maxLength: 15 },
);
const somePeriod = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
  .map(([a, b]) => ({
    from: `2026-11-0${String(Math.min(a, b))}`,
    to: `2026-11-0${String(Math.max(a, b) + 1)}`,
  }));

test('after any sequence of replacements the daily totals are those of the rows that stand', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(someRows, somePeriod), { minLength: 1, maxLength: 5 }),
      async (steps) => {
        connectionId = await addConnection(connected.db);
        const model = new Map<string, CostRecord[]>();
        for (const [i, [given, period]] of steps.entries()) {
          const rows = given
            .filter(({ day }) => day >= period.from && day < period.to)
            .map(({ day, cost, ...rest }) => charge(day, cost, rest));
          await replace(rows, { ...period, seenAt: new Date(Date.UTC(2026, 10, 20 + i)) });
          for (const day of [...model.keys()])
            if (day >= period.from && day < period.to) model.delete(day);
          for (const row of rows) {
            const day = row.chargePeriodStart.slice(0, 10);
            model.set(day, [...(model.get(day) ?? []), row]);
          }
        }
        const { rows: wrong } = await sql`
          with truth as (
            select (charge_period_start at time zone 'UTC')::date as day, coalesce(sub_account_id, '') as account,
              service_name, coalesce(region_id, '') as region, billing_currency,
              sum(billed_cost) as cost, count(*)::integer as n
            from cost_records where connection_id = ${connectionId} group by 1, 2, 3, 4, 5)
          select * from truth t full join (select * from cost_daily where connection_id = ${connectionId}) d
            on (d.day, d.sub_account_id, d.service_name, d.region_id, d.billing_currency)
              = (t.day, t.account, t.service_name, t.region, t.billing_currency)
          where t.cost is distinct from d.billed_cost or t.n is distinct from d.row_count`.execute(
          connected.db,
        );
        expect(wrong).toEqual([]);
        expect(await wrongGroups()).toEqual([]);
        const sum = (rows: CostRecord[]) =>
          rows.reduce((cents, row) => cents + Math.round(Number(row.billedCost) * 100), 0);
        const stored = await connected.db
          .selectFrom('cost_daily')
          .select(['day', sql<string>`sum(billed_cost)`.as('cost')])
          .where('connection_id', '=', connectionId)
          .groupBy('day')
          .execute();
        expect(
          Object.fromEntries(stored.map((d) => [d.day, Math.round(Number(d.cost) * 100)])),
        ).toEqual(Object.fromEntries([...model].map(([day, rows]) => [day, sum(rows)])));
      },
    ),
    { numRuns: 30 },
  );
});

test('the sums by one dimension follow whoever writes the daily rollup, and go with the connection', async () => {
  const { db } = connected;
  await replace([
    charge('2026-11-01', '5', { subAccountId: 'a' }),
    charge('2026-11-02', '7', { regionId: 'r' }),
  ]);
  const groups = () =>
    db
      .selectFrom('cost_daily_groups')
      .select(['day', 'billed_cost'])
      .where('connection_id', '=', connectionId)
      .where('dimension', '=', 'total')
      .orderBy('day')
      .execute();
  const ofConnection = db.updateTable('cost_daily').where('connection_id', '=', connectionId);
  await ofConnection.set({ billed_cost: '9' }).where('day', '=', '2026-11-01').execute();
  expect(await groups()).toEqual([
    { day: '2026-11-01', billed_cost: '9' },
    { day: '2026-11-02', billed_cost: '7' },
  ]);
  await ofConnection.set({ day: '2026-11-03' }).where('day', '=', '2026-11-01').execute();
  expect((await groups()).map(({ day }) => day)).toEqual(['2026-11-02', '2026-11-03']);
  expect(await wrongGroups()).toEqual([]);
  await db.deleteFrom('connections').where('id', '=', connectionId).execute();
  expect(await groups()).toEqual([]);
  expect(await wrongGroups()).toEqual([]);
});
