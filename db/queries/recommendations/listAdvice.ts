import type { Provider } from '../../../core/contracts/scalars.ts';
import type { RecommendationRow } from '../../../core/mcp/listRecommendations.ts';
import type { Advice } from '../../../core/recommendations/advice.ts';
import type { Database } from '../../connect.ts';

/** What a provider recommended on a day, largest number of days first. */
export async function listAdvice(
  db: Database,
  { connectionId, day }: { connectionId: string; day: string },
): Promise<Advice[]> {
  const rows = await db
    .selectFrom('recommendations as r')
    .innerJoin('connections as c', 'c.id', 'r.connection_id')
    .select(['r.row', 'r.since', 'r.days', 'c.provider'])
    .where('r.connection_id', '=', connectionId)
    .where('r.last_seen_on', '=', day)
    .orderBy('r.days', 'desc')
    .orderBy('r.recommendation_id')
    .execute();
  return rows.map(({ row, since, days, provider }) => ({
    provider: provider as Provider,
    connectionId,
    row: row as unknown as RecommendationRow,
    since,
    days,
  }));
}
