import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Provider } from '../../../core/contracts/scalars.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { CostRecord } from '../../../core/focus/costRecord.ts';
import { encodeCopyRow } from './encodeCopyRow.ts';
import { MERGE_STATEMENTS } from './mergeStatements.ts';
import { STAGING_COLUMNS } from './stagingColumns.ts';

/** A period of one connection as the provider tells it now. */
export interface ReplaceCosts {
  connectionId: string;
  provider: Provider;
  /** First UTC day, included. */
  from: string;
  /** Last UTC day, excluded. */
  to: string;
  rows: Iterable<CostRecord> | AsyncIterable<CostRecord>;
  /** When the provider said so; a day is later judged by what had been seen by then. */
  seenAt: Date;
}

/** What a replacement changed: rows given, and the daily totals that are new, gone or differ from before. */
export interface ReplaceCostsResult {
  rows: number;
  changedDays: number;
  /** Newest day with costs in the given rows; null when there are none. */
  newestDay: string | null;
}

/**
 * Makes the connection's costs of a period exactly what `rows` says: rows that are not there any more go, restated ones
 * are replaced, `cost_daily` follows, and earlier daily totals are kept in `cost_daily_revisions` — all in one
 * transaction. Given the same rows again it changes nothing. Rows stream through COPY, so memory does not grow with them.
 *
 * @throws CostGuardError `provider_answer_invalid` when a row lies outside the period; nothing is stored then
 */
export async function replaceCosts(
  pool: pg.Pool,
  input: ReplaceCosts,
): Promise<ReplaceCostsResult> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('set local statement_timeout = 0');
    // Two polls of one connection must not interleave their deletes and inserts.
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      input.connectionId,
    ]);
    await client.query(
      `create temp table staging (${STAGING_COLUMNS.map((c) => `${c.name} ${c.type}`).join(', ')}) on commit drop`,
    );
    const rows = await copyRows(client, input.rows);
    await assertInsidePeriod(client, input);
    const result = await merge(client, input);
    await client.query('commit');
    return { rows, ...result };
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function copyRows(
  client: pg.PoolClient,
  rows: Iterable<CostRecord> | AsyncIterable<CostRecord>,
): Promise<number> {
  let count = 0;
  async function* chunks(): AsyncGenerator<string> {
    let chunk = '';
    for await (const row of rows) {
      count += 1;
      chunk += encodeCopyRow(row);
      if (chunk.length >= 65_536) {
        yield chunk;
        chunk = '';
      }
    }
    if (chunk !== '') yield chunk;
  }
  const columns = STAGING_COLUMNS.map((c) => c.name).join(', ');
  await pipeline(
    Readable.from(chunks(), { objectMode: false }),
    client.query(copyFrom(`copy staging (${columns}) from stdin`)),
  );
  return count;
}

async function assertInsidePeriod(client: pg.PoolClient, input: ReplaceCosts): Promise<void> {
  const outside = await client.query<{ count: string }>(
    `select count(*) from staging
     where charge_period_start < $1::date::timestamptz or charge_period_start >= $2::date::timestamptz`,
    [input.from, input.to],
  );
  if (outside.rows[0]?.count !== '0') {
    throw new CostGuardError(
      'provider_answer_invalid',
      `The provider answered with days outside ${input.from} to ${input.to}; nothing was stored. Poll again; if it stays, check the connection's account.`,
    );
  }
}

async function merge(
  client: pg.PoolClient,
  input: ReplaceCosts,
): Promise<{ changedDays: number; newestDay: string | null }> {
  const values = [input.connectionId, input.from, input.to];
  await client.query('select ensure_cost_partitions($1::date, $2::date)', [input.from, input.to]);
  await client.query(MERGE_STATEMENTS.totals);
  await client.query(MERGE_STATEMENTS.deleteGone, values);
  await client.query(MERGE_STATEMENTS.upsertRecords, [input.connectionId, input.seenAt]);
  await client.query(MERGE_STATEMENTS.daily, [input.provider]);
  await client.query(MERGE_STATEMENTS.keepRevisions, [...values, input.seenAt]);
  const gone = await client.query(MERGE_STATEMENTS.deleteGoneDays, values);
  const changed = await client.query(MERGE_STATEMENTS.upsertDays, [
    input.connectionId,
    input.seenAt,
  ]);
  const newest = await client.query<{ day: string | null }>(
    `update connections set data_until = greatest(data_until, (select max(day) from staging_daily)), updated_at = now()
     where id = $1 returning (select max(day) from staging_daily) as day`,
    [input.connectionId],
  );
  return {
    changedDays: (changed.rowCount ?? 0) + (gone.rowCount ?? 0),
    newestDay: newest.rows[0]?.day ?? null,
  };
}
