import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CostRecord } from '../../../core/focus/costRecord.ts';
import { createCoveredPeriods } from '../../../core/focus/coveredPeriods.ts';
import { toStoredCells } from '../../../core/focus/storedCells.ts';
import { charge } from '../../../tests/api/charge.ts';
import { addConnection } from '../../../tests/api/samples.ts';
import {
  createTestDatabase,
  type TestDatabase,
} from '../../../tests/servers/createTestDatabase.ts';
import { connect, type Connected } from '../../connect.ts';
import { encodeCopyRow } from './encodeCopyRow.ts';
import { type ImportCosts, importCosts } from './importCosts.ts';
import { replaceCosts } from './replaceCosts.ts';

let database: TestDatabase;
let connected: Connected;
let connectionId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'import-costs-test', poolSizeMax: 4 });
});
afterAll(async () => {
  await connected.close();
  await database.drop();
});
beforeEach(async () => {
  connectionId = await addConnection(connected.db);
});

type Between = (piece: number) => Promise<void>;

/** Imports rows, each of them a piece of its own, so that every row may be the first of its period. */
function load(rows: readonly CostRecord[], between: Between = () => Promise.resolve()) {
  const periods = createCoveredPeriods();
  async function* lines(): AsyncGenerator<string> {
    for (const [i, row] of rows.entries()) {
      const cells = toStoredCells(row);
      periods.add(row.chargePeriodStart, null, null);
      yield encodeCopyRow(cells);
      await between(i);
    }
  }
  const input: ImportCosts = {
    lines: lines(),
    periods: () => periods.list(),
    connection: () => Promise.resolve({ id: connectionId, provider: 'aws' }),
    seenAt: new Date('2026-11-20T07:00:00Z'),
  };
  return importCosts(connected.pool, input);
}
const stored = async () => {
  const { rows } = await sql<{ line: string }>`
    select to_char(charge_period_start at time zone 'UTC', 'YYYY-MM-DD') || ' ' || coalesce(resource_id, '-')
      || ' ' || trim_scale(billed_cost)::text as line
    from cost_records where connection_id = ${connectionId} order by 1`.execute(connected.db);
  return rows.map(({ line }) => line);
};
const storedAt = async () =>
  (
    await sql`select resource_id, stored_at from cost_records where connection_id = ${connectionId}
      order by 1, 2`.execute(connected.db)
  ).rows;
const days = async () => {
  const { rows } = await sql<{ line: string }>`
    select day || ' ' || trim_scale(billed_cost)::text as line from cost_daily
    where connection_id = ${connectionId} order by 1`.execute(connected.db);
  return rows.map(({ line }) => line);
};
const one = (day: string, cost: string, resourceId: string | null = null) =>
  charge(day, cost, { resourceId });

describe('where nothing is stored', () => {
  test('rows of several months are stored as they come', async () => {
    const result = await load([
      one('2026-09-03', '1', 'a'),
      one('2026-10-03', '2', 'b'),
      one('2026-09-04', '3', 'c'),
    ]);
    expect(result).toEqual({ changedDays: 3, newestDay: '2026-10-03' });
    expect(await stored()).toEqual(['2026-09-03 a 1', '2026-09-04 c 3', '2026-10-03 b 2']);
    expect(await days()).toEqual(['2026-09-03 1', '2026-09-04 3', '2026-10-03 2']);
  });

  test('a charge that is named again at the very end is added up', async () => {
    await load([one('2026-09-03', '1', 'a'), one('2026-10-03', '2'), one('2026-09-03', '5', 'a')]);
    expect(await stored()).toEqual(['2026-09-03 a 6', '2026-10-03 - 2']);
    expect(await days()).toEqual(['2026-09-03 6', '2026-10-03 2']);
  });

  test('no other connection is held up meanwhile, not even one that needs the same new month', async () => {
    const other = await addConnection(connected.db);
    const counts: number[] = [];
    await load([one('2032-01-03', '1'), one('2032-02-03', '2')], async (piece) => {
      await replaceCosts(connected.pool, {
        connectionId: other,
        provider: 'aws',
        from: '2032-02-01',
        to: '2032-03-01',
        rows: [one('2032-02-04', String(piece + 7))],
        seenAt: new Date(),
      });
      const { rows } = await sql<{ count: string }>`
        select count(*) from cost_records where connection_id in (${connectionId}, ${other})`.execute(
        connected.db,
      );
      counts.push(Number(rows[0]?.count));
    });
    // The other one's charge only: what is not committed is not seen.
    expect(counts).toEqual([1, 1]);
    expect(await stored()).toEqual(['2032-01-03 - 1', '2032-02-03 - 2']);
  });

  test('a source that breaks off leaves nothing', async () => {
    const rows = [one('2026-09-03', '1'), one('2026-10-03', '2')];
    const broken = load(rows, (piece) =>
      piece === 1 ? Promise.reject(new Error('The file broke off.')) : Promise.resolve(),
    );
    await expect(broken).rejects.toThrow('The file broke off.');
    expect(await stored()).toEqual([]);
    expect(await days()).toEqual([]);
  });
});

describe('where something is stored', () => {
  test('a month that comes late in the file is replaced, and the untouched one before it stays', async () => {
    await load([one('2026-10-03', '2', 'old'), one('2026-10-04', '3', 'same')]);
    const result = await load([
      one('2026-09-03', '1', 'new'),
      one('2026-10-04', '3', 'same'),
      one('2026-09-04', '4', 'new'),
    ]);
    expect(result).toEqual({ changedDays: 3, newestDay: '2026-10-04' });
    expect(await stored()).toEqual(['2026-09-03 new 1', '2026-09-04 new 4', '2026-10-04 same 3']);
    expect(await days()).toEqual(['2026-09-03 1', '2026-09-04 4', '2026-10-04 3']);
  });

  test('a month that is not in the file stays, although it lies between two that are', async () => {
    await load([one('2026-09-03', '5')]);
    const rows = [one('2026-08-03', '1'), one('2026-10-03', '2')];
    expect(await load(rows)).toEqual({ changedDays: 2, newestDay: '2026-10-03' });
    expect(await days()).toEqual(['2026-08-03 1', '2026-09-03 5', '2026-10-03 2']);
  });

  test('the same again changes nothing, not even when it was stored', async () => {
    const rows = [one('2026-09-03', '1', 'a'), one('2026-10-03', '2', 'b')];
    await load(rows);
    const before = await storedAt();
    expect(await load(rows)).toMatchObject({ changedDays: 0 });
    expect(await storedAt()).toEqual(before);
  });

  test('where a file without charges is read for some days, these days are emptied', async () => {
    await load([one('2026-10-03', '2'), one('2026-10-04', '3')]);
    await importCosts(connected.pool, {
      lines: (async function* () {})(),
      periods: () => [{ from: '2026-10-04', to: '2026-10-05' }],
      connection: () => Promise.resolve({ id: connectionId, provider: 'aws' }),
      seenAt: new Date(),
    });
    expect(await days()).toEqual(['2026-10-03 2']);
  });
});

test('whatever is imported after whatever, what stands is what the last file of each month says', async () => {
  const cost = fc.integer({ min: 1, max: 99 }).map(String);
  const row = fc
    .tuple(
      fc.constantFrom('08', '09', '10'),
      fc.constantFrom('03', '04'),
      cost,
      fc.constantFrom('a', 'b'),
    )
    .map(([month, day, amount, id]) => ({ day: `2026-${month}-${day}`, amount, id }));
  const files = fc.array(fc.array(row, { minLength: 1, maxLength: 6 }), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(files, async (given) => {
      connectionId = await addConnection(connected.db);
      const expected = new Map<string, number>();
      for (const file of given) {
        await load(file.map(({ day, amount, id }) => one(day, amount, id)));
        const months = new Set(file.map(({ day }) => day.slice(0, 7)));
        for (const key of expected.keys()) if (months.has(key.slice(0, 7))) expected.delete(key);
        for (const { day, amount, id } of file) {
          const key = `${day} ${id}`;
          expected.set(key, (expected.get(key) ?? 0) + Number(amount));
        }
      }
      const lines = [...expected].map(([key, total]) => `${key} ${total}`);
      expect(await stored()).toEqual(lines.sort());
    }),
    { numRuns: 40 },
  );
});
