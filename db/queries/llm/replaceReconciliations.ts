import { sql } from 'kysely';
import type { Reconciliation } from '../../../core/llm/reconcile.ts';
import type { Database } from '../../connect.ts';

/** Makes the reconciliation of a connection's UTC day exactly these classes, in USD. */
export async function replaceReconciliations(
  db: Database,
  { connectionId, day, classes }: { connectionId: string; day: string; classes: Reconciliation[] },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // Two at once would each delete what was there before, and then both insert.
    await sql`select pg_advisory_xact_lock(hashtext(${`llm-reconcile-${connectionId}-${day}`}))`.execute(
      tx,
    );
    await tx
      .deleteFrom('llm_reconciliations')
      .where('connection_id', '=', connectionId)
      .where('day', '=', day)
      .execute();
    if (classes.length === 0) return;
    await tx
      .insertInto('llm_reconciliations')
      .values(
        classes.map(({ model, meter, ours, oursMax, isUnpriced, theirs, lines }) => ({
          connection_id: connectionId,
          day,
          model,
          meter,
          ours,
          ours_max: oursMax,
          is_unpriced: isUnpriced,
          theirs,
          lines: JSON.stringify(lines),
        })),
      )
      .execute();
  });
}
