import type pg from 'pg';
import type { Provider } from '../../../core/contracts/scalars.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { CostRecord } from '../../../core/focus/costRecord.ts';
import { cellOf, toStoredCells } from '../../../core/focus/storedCells.ts';
import { encodeCopyRow } from './encodeCopyRow.ts';
import { ensurePartitions } from './costPeriods.ts';
import { COST_STATEMENTS } from './costStatements.ts';
import { inBulkTransaction, lockCosts } from './inBulkTransaction.ts';
import { copyInto, mergeStaged } from './mergeStaged.ts';

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

const START = cellOf('ChargePeriodStart');
const CHUNK_LENGTH = 262_144;

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
  const { connectionId, provider, from, to, seenAt } = input;
  let rows = 0;
  async function* lines(): AsyncGenerator<string> {
    let chunk = '';
    for await (const row of input.rows) {
      const cells = toStoredCells(row);
      const start = cells[START] ?? '';
      if (start < from || start >= to) throw outside(from, to);
      rows += 1;
      chunk += encodeCopyRow(cells);
      if (chunk.length >= CHUNK_LENGTH) {
        yield chunk;
        chunk = '';
      }
    }
    if (chunk !== '') yield chunk;
  }
  await ensurePartitions(pool, [{ from, to }]);
  const result = await inBulkTransaction(pool, async (client) => {
    await client.query(COST_STATEMENTS.createStaging);
    await copyInto(client, 'staging', lines());
    // Only now: pages take as long as the provider does, and another poll need not wait for that.
    await lockCosts(client, connectionId);
    return mergeStaged(client, { id: connectionId, provider }, [{ from, to }], seenAt);
  });
  return { rows, ...result };
}

function outside(from: string, to: string): CostGuardError {
  return new CostGuardError(
    'provider_answer_invalid',
    `The provider answered with days outside ${from} to ${to}; nothing was stored. Poll again; if it stays, check the connection's account.`,
  );
}
