import { sql } from 'kysely';
import type { RecommendationRow } from '../../../core/mcp/listRecommendations.ts';
import type { Database } from '../../connect.ts';

/**
 * Keeps what a provider recommends on a day, and notes that the connection was asked. Advice that was given on the day
 * before with the same target has been given for a day more; any other begins anew. Written twice on a day it counts once.
 * What has not been given for a month is forgotten.
 */
export async function storeRecommendations(
  tx: Database,
  { connectionId, day, rows }: { connectionId: string; day: string; rows: RecommendationRow[] },
): Promise<void> {
  for (const row of rows) {
    const goesOn = sql<boolean>`recommendations.last_seen_on >= ${day}::date - 1
      and recommendations.row ->> 'recommended' is not distinct from ${row.recommended}::text`;
    await tx
      .insertInto('recommendations')
      .values({
        connection_id: connectionId,
        recommendation_id: row.id,
        row: JSON.stringify(row),
        since: day,
        last_seen_on: day,
        days: 1,
      })
      .onConflict((oc) =>
        oc.columns(['connection_id', 'recommendation_id']).doUpdateSet({
          row: (eb) => eb.ref('excluded.row'),
          since: sql`case when ${goesOn} then recommendations.since else excluded.since end`,
          days: sql`case
            when recommendations.last_seen_on = excluded.last_seen_on and ${goesOn} then recommendations.days
            when ${goesOn} then recommendations.days + 1
            else 1 end`,
          last_seen_on: (eb) => eb.ref('excluded.last_seen_on'),
        }),
      )
      .execute();
  }
  await tx
    .deleteFrom('recommendations')
    .where('connection_id', '=', connectionId)
    .where('last_seen_on', '<', sql<string>`${day}::date - 30`)
    .execute();
  await tx
    .updateTable('connections')
    .set({ recommendations_read_on: day })
    .where('id', '=', connectionId)
    .execute();
}
