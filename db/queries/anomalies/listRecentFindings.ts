import type { Database } from '../../connect.ts';

/** What was last said of a finding. */
export interface RecentFinding {
  fingerprint: string;
  lastSeenOn: string;
  impact: string;
}

/** The findings of a connection that were last seen on `since` or later. */
export async function listRecentFindings(
  db: Database,
  connectionId: string,
  since: string,
): Promise<RecentFinding[]> {
  const rows = await db
    .selectFrom('anomalies')
    .select(['fingerprint', 'last_seen_on', 'impact'])
    .where('connection_id', '=', connectionId)
    .where('last_seen_on', '>=', since)
    .execute();
  return rows.map((row) => ({
    fingerprint: row.fingerprint,
    lastSeenOn: row.last_seen_on,
    impact: row.impact,
  }));
}
