import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { CostOwner, DayPeriod, ReplacedPeriods } from './costPeriods.ts';
import { COPY_COLUMNS, COST_STATEMENTS } from './costStatements.ts';
import { settleDays } from './settleDays.ts';

/** Lines of COPY (`encodeCopyRow`), some at a time. */
export type CopyLines = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** Copies lines into a table, by the columns that `encodeCopyRow` writes. */
export async function copyInto(
  client: pg.PoolClient,
  table: 'staging' | 'cost_records',
  lines: CopyLines,
): Promise<void> {
  await pipeline(
    // One piece ahead is enough, and bounds what is held.
    Readable.from(lines, { objectMode: false, highWaterMark: 1 }),
    client.query(copyFrom(`copy ${table} (${COPY_COLUMNS}) from stdin`)),
  );
}

/**
 * Makes a connection's costs of some periods exactly what stands in the `staging` table, whose rows all lie in them: one
 * merge, period by period, and `cost_daily` after it. The connection is locked (`lockCosts`).
 */
export async function mergeStaged(
  client: pg.PoolClient,
  owner: CostOwner,
  periods: readonly DayPeriod[],
  seenAt: Date,
): Promise<ReplacedPeriods> {
  // Of a staging table nothing is known to the planner, which then looks a million charges up one by one.
  await client.query('set local enable_nestloop = off');
  await client.query(COST_STATEMENTS.addUpRepeatedStaged);
  for (const { from, to } of periods) {
    await client.query(COST_STATEMENTS.deleteChanged, [owner.id, from, to]);
    await client.query(COST_STATEMENTS.insertChanged, [owner.id, seenAt, from, to]);
  }
  await client.query(COST_STATEMENTS.dailyOfStaged, [owner.provider]);
  return settleDays(client, owner, periods, seenAt);
}
