import { sql } from 'kysely';
import type { PricedClass } from '../../../core/llm/reconcile.ts';
import type { Database } from '../../connect.ts';

/**
 * What the use that the provider reported for a UTC day comes to at our prices, by model and kind. A kind without a price counts
 * as nothing and is told: the difference to the bill then names it. Anthropic's priority tier is left out, as its cost
 * report does.
 */
export async function readPricedParts(
  db: Database,
  { connectionId, day }: { connectionId: string; day: string },
): Promise<PricedClass[]> {
  const { rows } = await sql<PricedClass>`
    select model, part.meter, sum(part.amount)::text as amount, sum(part.may_add)::text as "mayAdd",
      bool_or(part.is_unpriced) as "isUnpriced"
    from llm_usage, lateral (
      select key as meter, value::numeric as amount, coalesce((cost_may_add ->> key)::numeric, 0) as may_add,
        false as is_unpriced
      from jsonb_each_text(cost_parts)
      union all
      select name, 0, 0, true from unnest(unpriced) as name) as part
    where connection_id = ${connectionId} and source = 'pull'
      and bucket_start >= ${`${day}T00:00:00Z`}::timestamptz
      and bucket_start < ${`${day}T00:00:00Z`}::timestamptz + interval '24 hours'
      and not (provider = 'anthropic' and service_tier = 'priority')
    group by model, part.meter`.execute(db);
  return rows;
}
