import { sql } from 'kysely';
import type { LlmMeter } from '../../../core/llm/meters.ts';
import type { ClassAmount } from '../../../core/llm/reconcile.ts';
import type { Database } from '../../connect.ts';

/**
 * What the use that the provider reported for a UTC day comes to at our prices, by model and kind. A kind without a price counts
 * as nothing: the difference to the bill then names it. Anthropic's priority tier is left out, as its cost report does.
 */
export async function readPricedParts(
  db: Database,
  { connectionId, day }: { connectionId: string; day: string },
): Promise<ClassAmount[]> {
  const { rows } = await sql<{ model: string; meter: LlmMeter; amount: string }>`
    select model, part.key as meter, sum(part.value::numeric)::text as amount
    from llm_usage, jsonb_each_text(cost_parts) as part
    where connection_id = ${connectionId} and source = 'pull'
      and bucket_start >= ${`${day}T00:00:00Z`}::timestamptz
      and bucket_start < ${`${day}T00:00:00Z`}::timestamptz + interval '24 hours'
      and not (provider = 'anthropic' and service_tier = 'priority')
    group by model, part.key`.execute(db);
  return rows;
}
