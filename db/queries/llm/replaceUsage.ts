import { sql, type Transaction } from 'kysely';
import type { LlmPrice } from '../../../core/llm/price.ts';
import type { PullPage } from '../../../core/llm/planPull.ts';
import type { LlmUsageRow } from '../../../core/llm/usageRow.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { Database } from '../../connect.ts';
import type { DB } from '../../schema.gen.ts';
import { toUsageRecord } from './toUsageRecord.ts';

/** A row of usage with what it costs. */
export interface PricedUsage {
  row: LlmUsageRow;
  price: LlmPrice;
}

const BATCH_ROWS = 2000;

/**
 * Makes the pulled usage of a page exactly what `priced` says and moves the watermark to the page's end, in one
 * transaction; rows that are not there any more go. Given the same again it changes nothing. Two writers of one connection
 * take turns, and the watermark never goes back.
 *
 * @throws CostGuardError `connection_not_found`
 */
export async function replaceUsage(
  db: Database,
  connectionId: string,
  page: PullPage,
  priced: readonly PricedUsage[],
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`llm:${connectionId}`}, 0))`.execute(
      tx,
    );
    const known =
      await sql`select from connections where id = ${connectionId} for key share`.execute(tx);
    if (known.rows.length === 0) {
      throw new CostGuardError(
        'connection_not_found',
        'The connection was deleted; its schedule ends by itself.',
      );
    }
    await sql`delete from llm_usage where connection_id = ${connectionId} and source = 'pull'
      and bucket_start >= ${page.from}::timestamptz and bucket_start < ${page.to}::timestamptz`.execute(
      tx,
    );
    for (let at = 0; at < priced.length; at += BATCH_ROWS) {
      await insert(tx, priced.slice(at, at + BATCH_ROWS));
    }
    await sql`insert into llm_pulls (connection_id, pulled_until) values (${connectionId}, ${page.to}::timestamptz)
      on conflict (connection_id) do update
      set pulled_until = greatest(llm_pulls.pulled_until, excluded.pulled_until), updated_at = now()`.execute(
      tx,
    );
  });
}

async function insert(tx: Transaction<DB>, priced: readonly PricedUsage[]): Promise<void> {
  const rows = priced.map(({ row, price }) => toUsageRecord(row, price));
  await sql`insert into llm_usage select * from jsonb_populate_recordset(null::llm_usage, ${JSON.stringify(rows)}::jsonb)`.execute(
    tx,
  );
}
