import type { AnomalyFeedback } from '../../../core/contracts/anomaly.ts';
import type { Database } from '../../connect.ts';

const ROWS_MAX = 200;

/** What was said of a finding, newest first; the last 200. */
export async function listFeedback(db: Database, anomalyId: string): Promise<AnomalyFeedback[]> {
  const rows = await db
    .selectFrom('anomaly_feedback')
    .selectAll()
    .where('anomaly_id', '=', anomalyId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(ROWS_MAX)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    status: row.status as AnomalyFeedback['status'],
    verdict: row.verdict as AnomalyFeedback['verdict'],
    appliesTo: row.applies_to as AnomalyFeedback['appliesTo'],
    until: row.until,
    reason: row.reason,
    givenBy: row.given_by,
    createdAt: row.created_at.toISOString(),
  }));
}
