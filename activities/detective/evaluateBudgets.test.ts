import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BudgetCreate } from '../../core/contracts/budget.ts';
import { NotificationRoute } from '../../core/contracts/notification.ts';
import type { TeamGrant } from '../../core/contracts/team.ts';
import { addDays } from '../../core/time/day.ts';
import { type Connected, connect } from '../../db/connect.ts';
import { findBudget } from '../../db/queries/budgets/findBudget.ts';
import { giveWarnings } from '../../db/queries/budgets/giveWarnings.ts';
import { insertBudget } from '../../db/queries/budgets/insertBudget.ts';
import { listEnabledBudgets } from '../../db/queries/budgets/listBudgets.ts';
import { readStanding } from '../../db/queries/budgets/readStandings.ts';
import { replaceCosts } from '../../db/queries/costs/replaceCosts.ts';
import { insertTeam } from '../../db/queries/teams/saveTeam.ts';
import { charge } from '../../tests/api/charge.ts';
import { addConnection } from '../../tests/api/samples.ts';
import { createTestDatabase } from '../../tests/servers/createTestDatabase.ts';
import { createEvaluateBudgets } from './evaluateBudgets.ts';

let connected: Connected;
let aws: string;
let gcp: string;

beforeAll(async () => {
  const database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'budget-test' });
  aws = await addConnection(connected.db);
  gcp = await addConnection(connected.db, { provider: 'gcp' });
  await store(aws, 'aws', '2026-07-01', 180, '10');
  return async () => {
    await connected.close();
    await database.drop();
  };
});
beforeEach(async () => {
  await connected.db.deleteFrom('budgets').execute();
});

/** `count` days at `cost` each, from `from` on. */
async function store(
  connectionId: string,
  provider: 'aws' | 'gcp',
  from: string,
  count: number,
  cost: string,
): Promise<void> {
  const days = Array.from({ length: count }, (_, i) => addDays(from, i));
  await replaceCosts(connected.pool, {
    connectionId,
    provider,
    from,
    to: addDays(from, count),
    rows: days.map((day) => charge(day, cost)),
    seenAt: new Date('2027-01-02T07:00:00Z'),
  });
}

// In the past, so that the end of an earlier period is theirs as well.
async function addBudget(given: Record<string, unknown> = {}): Promise<string> {
  const { id } = await insertBudget(
    connected.db,
    BudgetCreate.parse({ name: 'All', amount: '320', currency: 'USD', ...given }),
  );
  const created = new Date('2026-07-01T00:00:00Z');
  await connected.db
    .updateTable('budgets')
    .set({ created_at: created })
    .where('id', '=', id)
    .execute();
  return id;
}

/** One run, as the poll of the morning of `asOf` makes it. */
const evaluate = (asOf: string, connectionId = aws): Promise<number> =>
  new MockActivityEnvironment().run(createEvaluateBudgets(connected), { connectionId, asOf });

async function warnings(): Promise<string[]> {
  const rows = await connected.db
    .selectFrom('budget_warnings')
    .selectAll()
    .orderBy('period_start')
    .orderBy('basis')
    .orderBy('fraction')
    .execute();
  return rows.map((row) => `${row.period_start} ${row.basis} ${Number(row.fraction)}`);
}

const announced = async (id: string): Promise<string[]> => {
  const entries = await connected.db
    .selectFrom('audit_log')
    .select('detail')
    .where('operation', '=', 'budget.warn')
    .where('subject', '=', `budget:${id}`)
    .execute();
  return entries.map(({ detail }) => (detail as { key: string }).key);
};

describe('a budget', () => {
  test('warns at each fraction that is reached, by what was spent up to the evening before', async () => {
    const id = await addBudget();
    expect(await evaluate('2026-09-16')).toBe(0);
    expect(await evaluate('2026-09-17')).toBe(1);
    expect(await warnings()).toEqual(['2026-09-01 actual 0.5']);
    expect(await evaluate('2026-09-27')).toBe(1);
    expect(await announced(id)).toEqual([
      `budget:${id}:2026-09-01:actual:0.5`,
      `budget:${id}:2026-09-01:actual:0.8`,
    ]);
  });

  test('warns of the forecast once it crosses the whole amount', async () => {
    await addBudget({ amount: '290' });
    expect(await evaluate('2026-09-11')).toBe(1);
    expect(await warnings()).toEqual(['2026-09-01 forecast 1']);
    const kept = await connected.db
      .selectFrom('budget_warnings')
      .selectAll()
      .executeTakeFirstOrThrow();
    expect(kept.actual_to_date).toBe('100');
    expect(Number(kept.forecast)).toBeCloseTo(300, 0);
  });

  test('warns of nothing again when the same poll runs twice', async () => {
    const id = await addBudget();
    expect(await evaluate('2026-09-28')).toBe(2);
    expect(await evaluate('2026-09-28')).toBe(0);
    expect(await announced(id)).toHaveLength(2);
  });

  test('warns once where many evaluations run at once', async () => {
    const id = await addBudget({ amount: '100', fractions: [0.2, 0.5, 0.8, 1, 1.2] });
    const given = await Promise.all(
      [...Array(6).keys()].map((i) => evaluate('2026-09-25', i % 2 === 0 ? aws : gcp)),
    );
    expect(given.reduce((sum, one) => sum + one, 0)).toBe(5);
    expect(await warnings()).toHaveLength(5);
    expect(new Set(await announced(id)).size).toBe(5);
    expect(await announced(id)).toHaveLength(5);
  });

  test('warns again in a new period', async () => {
    await addBudget({ fractions: [0.5] });
    for (const asOf of ['2026-09-20', '2026-10-01', '2026-10-16', '2026-10-17', '2026-10-20'])
      await evaluate(asOf);
    expect(await warnings()).toEqual(['2026-09-01 actual 0.5', '2026-10-01 actual 0.5']);
  });

  test('for a quarter counts the whole quarter', async () => {
    await addBudget({ period: 'quarter', amount: '930', fractions: [0.5, 1] });
    await evaluate('2026-11-16');
    expect(await warnings()).toEqual([]);
    await evaluate('2026-11-17');
    expect(await warnings()).toEqual(['2026-10-01 actual 0.5']);
  });

  test('hears of the last days of a period also when they come a few days late', async () => {
    await addBudget({ amount: '330', fractions: [1] });
    expect(await evaluate('2026-10-01')).toBe(0);
    await store(gcp, 'gcp', '2026-09-30', 1, '50');
    expect(await evaluate('2026-10-03')).toBe(1);
    expect(await warnings()).toEqual(['2026-09-01 actual 1']);
    await connected.db.deleteFrom('cost_daily').where('connection_id', '=', gcp).execute();
  });

  test('says nothing of a period that was over when it was made', async () => {
    const id = await addBudget({ fractions: [0.5] });
    const created = new Date('2026-10-01T08:00:00Z');
    await connected.db
      .updateTable('budgets')
      .set({ created_at: created })
      .where('id', '=', id)
      .execute();
    await evaluate('2026-10-03');
    expect(await warnings()).toEqual([]);
  });

  test.each([
    ['it is disabled', { enabled: false }],
    ['it is another provider’s', { filter: { provider: 'gcp' } }],
    ['it is in another currency', { currency: 'EUR' }],
    ['nothing passes its filter', { filter: { service: 'Nothing' } }],
  ])('says nothing where %s', async (_name, given) => {
    await addBudget(given);
    expect(await evaluate('2026-09-25')).toBe(0);
  });

  test('is not kept as warned of where it could not be announced', async () => {
    const id = await addBudget();
    const found = (await findBudget(connected.db, id))!;
    const { standing, ...budget } = await readStanding(connected.db, found, '2026-09-20');
    await expect(
      connected.db.transaction().execute(async (tx) => {
        await giveWarnings(tx, [{ budget, standing, basis: 'actual', fraction: 0.5 }]);
        throw new Error('the worker died here');
      }),
    ).rejects.toThrow('died');
    expect(await warnings()).toEqual([]);
    expect(await announced(id)).toEqual([]);
    expect(await evaluate('2026-09-20')).toBe(1);
  });

  test('of a connection that was deleted is not looked at', async () => {
    await addBudget();
    expect(await evaluate('2026-09-25', '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11')).toBe(0);
  });
});

test('whatever runs in whatever order and however often, each fraction warns once a period', async () => {
  const fractions = [0.1, 0.25, 0.5, 0.75, 0.9];
  const mornings = fc.array(
    fc.integer({ min: 0, max: 89 }).map((n) => addDays('2026-09-04', n)),
    { minLength: 1, maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(mornings, fc.integer({ min: 1, max: 3 }), async (asked, atOnce) => {
      await connected.db.deleteFrom('budgets').execute();
      const id = await addBudget({ amount: '310', fractions });
      for (const asOf of asked)
        await Promise.all(Array.from({ length: atOnce }, () => evaluate(asOf)));
      const expected = new Set<string>();
      for (const asOf of asked) {
        const evening = addDays(asOf, -1);
        for (const day of [evening, addDays(evening, -3)]) {
          const month = day.slice(0, 7);
          const spent = evening.startsWith(month)
            ? Number(evening.slice(8)) * 10
            : daysIn(month) * 10;
          for (const fraction of fractions)
            if (spent >= fraction * 310) expected.add(`${month}-01 actual ${fraction}`);
        }
      }
      expect(await warnings()).toEqual([...expected].sort());
      const keys = await announced(id);
      expect(keys).toHaveLength(expected.size);
      expect(new Set(keys).size).toBe(expected.size);
    }),
    { numRuns: 12 },
  );
});

const daysIn = (month: string): number =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate();

describe('a budget of a team', () => {
  const addTeam = (...grants: TeamGrant[]) =>
    insertTeam(connected.db, { name: randomUUID(), members: [], grants });

  test('warns once by what the team was given, as any budget to every channel', async () => {
    const { id: teamId } = await addTeam({ connectionId: aws });
    const id = await addBudget({ filter: { teamId }, fractions: [0.5] });
    const channelId = randomUUID();
    await connected.db
      .insertInto('notification_channels')
      .values({
        id: channelId,
        kind: 'webhook',
        name: 'on call',
        config: '{}',
        secret_sealed: 'x',
        route: JSON.stringify(NotificationRoute.parse({})),
      })
      .execute();
    expect(await evaluate('2026-09-17')).toBe(1);
    expect(await evaluate('2026-09-18')).toBe(0);
    const sent = await connected.db
      .selectFrom('notification_deliveries')
      .select('event_key')
      .where('channel_id', '=', channelId)
      .execute();
    expect(sent).toEqual([{ event_key: `budget:${id}:2026-09-01:actual:0.5` }]);
  });

  test('is looked at by the polls of what the team was given only', async () => {
    const { id: teamId } = await addTeam(
      { connectionId: gcp },
      { connectionId: aws, account: 'x' },
    );
    await addBudget({ filter: { teamId }, amount: '1' });
    expect(await evaluate('2026-09-17')).toBe(0);
    const [own] = await listEnabledBudgets(connected.db, gcp);
    expect(own?.filter).toEqual({ teamId });
    const elsewhere = await addConnection(connected.db);
    expect(await listEnabledBudgets(connected.db, elsewhere)).toEqual([]);
  });
});
