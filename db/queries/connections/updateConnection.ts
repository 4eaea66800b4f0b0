import type { Connection, ConnectionPatch } from '../../../core/contracts/connection.ts';
import { notFound } from '../../../core/notFound.ts';
import type { Database } from '../../connect.ts';
import { isUniqueViolation } from '../../isUniqueViolation.ts';
import { fromConnectionRow } from './connectionRow.ts';
import { nameTaken } from './insertConnection.ts';
import { selectConnections } from './selectConnections.ts';

/** Changes a connection and returns it before and after. @throws `connection_not_found`, `name_taken` */
export async function updateConnection(
  tx: Database,
  id: string,
  patch: ConnectionPatch,
): Promise<{ before: Connection; after: Connection }> {
  const before = await selectConnections(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  if (before === undefined) throw notFound('connection_not_found');
  const after = await tx
    .updateTable('connections')
    .set({
      name: patch.name ?? before.name,
      mode: patch.mode ?? before.mode,
      enabled: patch.enabled ?? before.enabled,
      poll_interval_minutes: patch.pollIntervalMinutes ?? before.poll_interval_minutes,
      sensitivity: patch.sensitivity ?? before.sensitivity,
      min_daily_impact: patch.minDailyImpact ?? before.min_daily_impact,
      min_total_impact: patch.minTotalImpact ?? before.min_total_impact,
      owner_tag: patch.ownerTag ?? before.owner_tag,
      updated_at: new Date(),
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      // Asking first would miss a name that another transaction takes meanwhile.
      throw isUniqueViolation(error) ? nameTaken() : error;
    });
  return {
    before: fromConnectionRow(before),
    after: fromConnectionRow({ ...after, backfill: before.backfill }),
  };
}

// SQLSTATE unique_violation; the name is the only unique column that changes.
