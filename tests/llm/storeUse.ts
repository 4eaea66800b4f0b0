import { sql } from 'kysely';
import type { UseCell } from '../../core/llm/detection/useView.ts';
import type { Database } from '../../db/connect.ts';

/** Stores made-up use as the provider's report (or a gateway, with the tag of a user) tells it. */
export async function storeUse(
  db: Database,
  connectionId: string,
  cells: readonly UseCell[],
  told: { bucketSeconds: 60 | 3600; userTag?: string },
): Promise<void> {
  const rows = cells.map((cell) => ({
    bucket_start: new Date(cell.at).toISOString(),
    model: cell.model,
    api_key_id: cell.apiKeyId,
    project_id: cell.projectId,
    input_tokens: cell.units.input ?? 0,
    cached_input_tokens: cell.units.cache_read ?? 0,
    output_tokens: cell.units.output ?? 0,
    cost: cell.cost.toFixed(12),
    cost_parts: Object.fromEntries(
      Object.entries(cell.parts).map(([meter, cost]) => [meter, cost.toFixed(12)]),
    ),
  }));
  await sql`insert into llm_usage (connection_id, provider, source, bucket_seconds, price_source, user_tag, bucket_start,
      model, api_key_id, project_id, input_tokens, cached_input_tokens, output_tokens, cost, cost_parts)
    select ${connectionId}, 'openai', ${told.userTag === undefined ? 'pull' : 'push'}, ${told.bucketSeconds},
      'override', ${told.userTag ?? ''}, r.*
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(bucket_start timestamptz, model text, api_key_id text,
      project_id text, input_tokens bigint, cached_input_tokens bigint, output_tokens bigint, cost numeric,
      cost_parts jsonb)`.execute(db);
}
