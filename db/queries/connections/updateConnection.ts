import type { Connection, ConnectionPatch } from '../../../core/contracts/connection.ts';
import { notFound } from '../../../core/notFound.ts';
import type { Database } from '../../connect.ts';
import { fromConnectionRow } from './connectionRow.ts';
import { nameTaken } from './insertConnection.ts';

/** Changes a connection and returns it before and after. @throws `connection_not_found`, `name_taken` */
export async function updateConnection(
  tx: Database,
  id: string,
  patch: ConnectionPatch,
): Promise<{ before: Connection; after: Connection }> {
  const before = await tx
    .selectFrom('connections')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (before === undefined) throw notFound('connection_not_found');
  if (patch.name !== undefined && patch.name !== before.name) {
    const other = await tx
      .selectFrom('connections')
      .select('id')
      .where('name', '=', patch.name)
      .executeTakeFirst();
    if (other !== undefined) throw nameTaken();
  }
  const after = await tx
    .updateTable('connections')
    .set({
      name: patch.name ?? before.name,
      mode: patch.mode ?? before.mode,
      enabled: patch.enabled ?? before.enabled,
      poll_interval_minutes: patch.pollIntervalMinutes ?? before.poll_interval_minutes,
      updated_at: new Date(),
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { before: fromConnectionRow(before), after: fromConnectionRow(after) };
}
