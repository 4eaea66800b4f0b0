import { type Selectable, sql } from 'kysely';
import { repriceUse } from '../../../core/llm/repriceUse.ts';
import type { LlmPrice, LlmPriceOverride, LlmUse } from '../../../core/llm/price.ts';
import type { Database } from '../../connect.ts';
import type { LlmUsage } from '../../schema.gen.ts';
import { fromUsageColumns, type UsageColumns } from './usageColumns.ts';

/** Prices as they were and as they are, and the one that differs. */
export interface PriceChange {
  of: Pick<LlmPriceOverride, 'provider' | 'model' | 'validFrom'>;
  before: readonly LlmPriceOverride[];
  after: readonly LlmPriceOverride[];
}

const BATCH_ROWS = 2000;

/** Which row it is: the primary key without the connection's. */
const KEYS = [
  'connection_id',
  'source',
  'model',
  'api_key_id',
  'project_id',
  'service_tier',
  'context_window',
  'endpoint',
  'user_tag',
] as const;

type Row = Selectable<LlmUsage> & { start: string };

/**
 * Prices the stored use anew that a changed price holds for, from its first day on, and returns how many rows cost something
 * else now. Runs in the caller's transaction, some rows at a time; rows that came meanwhile are locked or not yet seen.
 */
export async function repriceUsage(tx: Database, change: PriceChange): Promise<number> {
  let count = 0;
  await sql`declare llm_reprice cursor for
    select *, to_char(bucket_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as start
    from llm_usage
    where provider = ${change.of.provider} and ${ofModel(change.of.model)}
      and bucket_start >= ${`${change.of.validFrom}T00:00:00Z`}::timestamptz
    for update`.execute(tx);
  for (;;) {
    const { rows } = await sql<Row>`fetch ${sql.lit(BATCH_ROWS)} from llm_reprice`.execute(tx);
    if (rows.length === 0) break;
    count += await writePrices(
      tx,
      rows.flatMap((row) => repriced(row, change)),
    );
  }
  await sql`close llm_reprice`.execute(tx);
  return count;
}

const ofModel = (pattern: string) =>
  pattern.endsWith('*')
    ? sql`starts_with(model, ${pattern.slice(0, -1)})`
    : sql`model = ${pattern}`;

function repriced(row: Row, { before, after }: PriceChange) {
  const stored: LlmPrice = {
    cost: row.cost,
    parts: row.cost_parts as LlmPrice['parts'],
    mayAdd: row.cost_may_add as LlmPrice['mayAdd'],
    unpriced: row.unpriced as LlmPrice['unpriced'],
    priceSource: row.price_source,
  };
  const use: LlmUse = {
    provider: row.provider as LlmUse['provider'],
    model: row.model,
    units: fromUsageColumns(row as unknown as UsageColumns),
    at: row.start,
    serviceTier: row.service_tier,
    contextWindow: row.context_window,
    requests: row.requests,
  };
  const price = repriceUse(use, stored, { before, after });
  return price === stored ? [] : [{ row, price }];
}

async function writePrices(
  tx: Database,
  changes: readonly { row: Row; price: LlmPrice }[],
): Promise<number> {
  if (changes.length === 0) return 0;
  const rows = changes.map(({ row, price }) => ({
    ...Object.fromEntries(KEYS.map((key) => [key, row[key]])),
    start: row.start,
    cost: price.cost,
    cost_parts: price.parts,
    cost_may_add: price.mayAdd,
    unpriced: price.unpriced,
    price_source: price.priceSource,
  }));
  await sql`update llm_usage u
    set cost = r.cost, cost_parts = r.cost_parts, cost_may_add = r.cost_may_add, unpriced = r.unpriced,
      price_source = r.price_source, updated_at = now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(
      connection_id uuid, source text, model text, api_key_id text, project_id text, service_tier text,
      context_window text, endpoint text, user_tag text, start timestamptz,
      cost numeric, cost_parts jsonb, cost_may_add jsonb, unpriced text[], price_source text)
    where u.bucket_start = r.start and ${sql.join(
      KEYS.map((key) => sql`${sql.ref(`u.${key}`)} = ${sql.ref(`r.${key}`)}`),
      sql` and `,
    )}`.execute(tx);
  return rows.length;
}
