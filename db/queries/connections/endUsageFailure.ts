import type { Database } from '../../connect.ts';
import { sql } from 'kysely';

/** How the detail of a failure begins that the poll of usage has written. */
export const USAGE_FAILURE = 'Usage of language models: ';

/** A connection that only its poll of usage called unwell is well again; what other polls wrote stays. */
export async function endUsageFailure(db: Database, connectionId: string): Promise<void> {
  await db
    .updateTable('connections')
    .set({
      health_status: 'healthy',
      health_code: null,
      health_detail: null,
      health_since: sql`now()`,
      updated_at: sql`now()`,
    })
    .where('id', '=', connectionId)
    .where('health_detail', 'like', `${USAGE_FAILURE}%`)
    .execute();
}
