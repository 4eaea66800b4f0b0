import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Provider } from '../../../core/contracts/scalars.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { COPY_COLUMNS, MERGE_STATEMENTS } from './mergeStatements.ts';

/** UTC days: `from` included, `to` excluded. */
export interface DayPeriod {
  from: string;
  to: string;
}

/** Whose costs a replacement writes. */
export interface CostOwner {
  id: string;
  provider: Provider;
}

/** New costs of whole periods of one connection. */
export interface ReplacePeriods {
  /** Lines of COPY (`encodeCopyRow`), some at a time. */
  lines: AsyncIterable<string>;
  /** The connection, which may be made in the same transaction. */
  connection: (client: pg.PoolClient) => Promise<CostOwner>;
  /** The periods that the lines tell all of, asked for after the last line; they hold every line and do not overlap. */
  periods: () => readonly DayPeriod[];
  /** More to do in the same transaction, when the costs stand. */
  finish?: (client: pg.PoolClient, owner: CostOwner) => Promise<void>;
  seenAt: Date;
}

/** What changed: daily totals that are new, gone or differ from before, and the newest day with costs. */
export interface ReplacedPeriods {
  changedDays: number;
  newestDay: string | null;
}

/**
 * Makes a connection's costs of some periods exactly what the lines say, in one transaction: COPY into a staging table, one
 * merge, `cost_daily` after it. See `replaceCosts`.
 *
 * Two decisions make it fast. Each line brings the hash of its dimensions, so that Postgres sorts and groups nothing. And
 * where nothing is stored of a period yet, the rows are inserted as they are: the key finds charges that occur twice, and
 * only then are they added up.
 *
 * @throws whatever `lines`, `connection` and `finish` throw, and the database's errors; nothing is stored then
 */
export async function replacePeriods(
  pool: pg.Pool,
  input: ReplacePeriods,
): Promise<ReplacedPeriods> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    await client.query('set local statement_timeout = 0');
    await client.query(`set local work_mem = '64MB'`);
    await client.query(MERGE_STATEMENTS.createStaging);
    await pipeline(
      Readable.from(input.lines, { objectMode: false }),
      client.query(copyFrom(`copy staging (${COPY_COLUMNS}) from stdin`)),
    );
    const owner = await input.connection(client);
    const result = await merge(client, owner, input);
    await input.finish?.(client, owner);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error('The rollback failed.');
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

async function merge(
  client: pg.PoolClient,
  owner: CostOwner,
  { periods, seenAt }: ReplacePeriods,
): Promise<ReplacedPeriods> {
  // Two polls of one connection must not interleave their deletes and inserts.
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [owner.id]);
  await lockConnection(client, owner.id);
  const covered = periods();
  for (const { from, to } of covered) {
    await client.query('select ensure_cost_partitions($1::date, $2::date - 1)', [from, to]);
  }
  await mergeRecords(client, owner.id, covered, seenAt);
  await client.query(MERGE_STATEMENTS.daily, [owner.provider]);
  let changedDays = 0;
  for (const { from, to } of covered) {
    await client.query(MERGE_STATEMENTS.keepRevisions, [owner.id, from, to, seenAt]);
    const gone = await client.query(MERGE_STATEMENTS.deleteGoneDays, [owner.id, from, to]);
    changedDays += gone.rowCount ?? 0;
  }
  const changed = await client.query(MERGE_STATEMENTS.upsertDays, [owner.id, seenAt]);
  const newest = await client.query<{ day: string | null }>(MERGE_STATEMENTS.noteDays, [owner.id]);
  return {
    changedDays: changedDays + (changed.rowCount ?? 0),
    newestDay: newest.rows[0]?.day ?? null,
  };
}

/** Rows have no foreign key, which would be checked row by row: the connection cannot go before the transaction ends. */
async function lockConnection(client: pg.PoolClient, id: string): Promise<void> {
  const { rowCount } = await client.query('select from connections where id = $1 for key share', [
    id,
  ]);
  if (rowCount === 0) {
    throw new CostGuardError(
      'connection_not_found',
      'The connection was deleted meanwhile; its costs were not stored.',
    );
  }
}

async function mergeRecords(
  client: pg.PoolClient,
  id: string,
  periods: readonly DayPeriod[],
  seenAt: Date,
): Promise<void> {
  const found = [];
  for (const { from, to } of periods) {
    found.push((await client.query(MERGE_STATEMENTS.findStored, [id, from, to])).rowCount !== 0);
  }
  if (!found.includes(true)) {
    await client.query('savepoint as_they_are');
    try {
      for (const { from, to } of periods) {
        await client.query(MERGE_STATEMENTS.insertRecords, [id, seenAt, from, to]);
      }
      return;
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== '23505') throw error;
      await client.query('rollback to savepoint as_they_are');
    }
  }
  await client.query(MERGE_STATEMENTS.addUpRepeated);
  for (const [i, { from, to }] of periods.entries()) {
    if (found[i] === true) {
      await client.query(MERGE_STATEMENTS.deleteGone, [id, from, to]);
      await client.query(MERGE_STATEMENTS.upsertRecords, [id, seenAt, from, to]);
    } else {
      await client.query(MERGE_STATEMENTS.insertRecords, [id, seenAt, from, to]);
    }
  }
}
