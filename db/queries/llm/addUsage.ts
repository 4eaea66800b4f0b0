import type pg from 'pg';
import type { PricedUsageRow } from '../../../core/llm/push/sumCalls.ts';
import { toUsageRecord } from './toUsageRecord.ts';

const KEY = [
  'connection_id',
  'bucket_start',
  'source',
  'model',
  'api_key_id',
  'project_id',
  'service_tier',
  'context_window',
  'endpoint',
  'user_tag',
];

const SUMS = [
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'output_tokens',
  'reasoning_tokens',
  'requests',
  // One unknown part makes the sum unknown: null plus anything is null.
  'cost',
];

const TYPES: Record<string, string> = {
  connection_id: 'uuid',
  provider: 'text',
  source: 'text',
  bucket_start: 'timestamptz',
  bucket_seconds: 'integer',
  ...Object.fromEntries(KEY.slice(3).map((name) => [name, 'text'])),
  ...Object.fromEntries(SUMS.map((name) => [name, name === 'cost' ? 'numeric' : 'bigint'])),
  other_units: 'jsonb',
  cost_parts: 'jsonb',
  cost_may_add: 'jsonb',
  unpriced: 'text[]',
  price_source: 'text',
};

const COLUMNS = Object.keys(TYPES);

/** Two objects of decimals as text, added kind by kind. */
const addUp = (column: string) => `${column} = case
  when excluded.${column} = '{}' then u.${column} when u.${column} = '{}' then excluded.${column}
  else (
    select jsonb_object_agg(key, amount) from (
      select key, trim_scale(sum(value::numeric))::text as amount
      from (select * from jsonb_each_text(u.${column}) union all select * from jsonb_each_text(excluded.${column})) as both_of
      group by key
    ) as sums) end`;

const ADD = `
  insert into llm_usage as u (${COLUMNS.join(', ')})
  select ${COLUMNS.join(', ')} from jsonb_to_recordset($1::jsonb)
    as r (${COLUMNS.map((name) => `${name} ${TYPES[name] ?? ''}`).join(', ')})
  order by ${KEY.join(', ')}
  on conflict (${KEY.join(', ')}) do update set
    ${SUMS.map((name) => `${name} = u.${name} + excluded.${name}`).join(', ')},
    ${addUp('other_units')},
    ${addUp('cost_parts')},
    ${addUp('cost_may_add')},
    unpriced = array(select distinct unnest(u.unpriced || excluded.unpriced) order by 1),
    price_source = excluded.price_source,
    updated_at = now()`;

/** Adds use and cost to what its buckets hold already; the rows differ in their keys. Part of a transaction. */
export async function addUsage(
  client: pg.PoolClient,
  rows: readonly PricedUsageRow[],
): Promise<void> {
  const records = rows.map((row) => toUsageRecord(row, row));
  await client.query(ADD, [JSON.stringify(records)]);
}
