import type pg from 'pg';
import { CALL_AGE_DAYS_MAX } from '../../../core/llm/push/refusalOf.ts';
import type { PushedCall } from '../../../core/llm/push/pushedCall.ts';
import { sumCalls } from '../../../core/llm/push/sumCalls.ts';
import { priceLlmUse } from '../../../core/llm/priceLlmUse.ts';
import { notFound } from '../../../core/notFound.ts';
import { inTransaction } from '../../inTransaction.ts';
import { onClient } from '../../onClient.ts';
import { addUsage } from './addUsage.ts';
import { readPriceOverrides } from './readPriceOverrides.ts';

// In the order of the key, so that two replicas never wait for each other in a ring.
const CLAIM = `
  insert into llm_calls (connection_id, call_id, at)
  select * from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as told (connection_id, call_id, at)
  order by connection_id, call_id
  on conflict do nothing
  returning connection_id, call_id`;

// Twice as many as came: what is kept gets less while calls come, and no clock is needed to tidy up.
const FORGET = `
  delete from llm_calls where ctid = any(array(
    select ctid from llm_calls where received_at < now() - make_interval(days => $1)
    order by received_at limit $2 for update skip locked))`;

/**
 * Counts calls in `llm_usage`, each once, in one transaction; says of each whether it was counted now (true) or had been
 * before. Safe to repeat, at once and from many replicas. Ids that can no longer come, their calls being too old, are
 * forgotten on the way.
 *
 * @throws CostGuardError `connection_not_found` for calls of one that was deleted meanwhile, else the database's error;
 * nothing is counted then
 */
export async function storeCalls(pool: pg.Pool, calls: readonly PushedCall[]): Promise<boolean[]> {
  try {
    return await inTransaction(pool, async (client) => {
      const isNew = await claim(client, calls);
      const fresh = calls.filter((_call, index) => isNew[index]);
      if (fresh.length > 0) {
        const overrides = await readPriceOverrides(onClient(client));
        await addUsage(client, sumCalls(fresh, priceLlmUse, overrides));
      }
      await client.query(FORGET, [CALL_AGE_DAYS_MAX + 1, 2 * calls.length]);
      return isNew;
    });
  } catch (error) {
    throw isConnectionGone(error) ? notFound('connection_not_found') : error;
  }
}

/** SQLSTATE 23503: a call belongs to no connection. */
function isConnectionGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23503';
}

async function claim(client: pg.PoolClient, calls: readonly PushedCall[]): Promise<boolean[]> {
  const { rows } = await client.query<{ connection_id: string; call_id: string }>(CLAIM, [
    calls.map(({ connectionId }) => connectionId),
    calls.map(({ callId }) => callId),
    calls.map(({ at }) => at.toISOString()),
  ]);
  const unclaimed = new Set(rows.map((row) => `${row.connection_id} ${row.call_id}`));
  // The first of those that bear the same id is the one that counts.
  return calls.map(({ connectionId, callId }) => unclaimed.delete(`${connectionId} ${callId}`));
}
