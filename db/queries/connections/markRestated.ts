import { sql } from 'kysely';
import type { Database } from '../../connect.ts';

/** Notes that all days which may be restated were read by a poll of this UTC day; never goes back. */
export async function markRestated(
  db: Database,
  { connectionId, on }: { connectionId: string; on: string },
): Promise<void> {
  await db
    .updateTable('connections')
    .set({ restated_on: sql`greatest(restated_on, ${on}::date)` })
    .where('id', '=', connectionId)
    .execute();
}
