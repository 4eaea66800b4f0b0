import type { Connection } from '../../../core/contracts/connection.ts';
import type { Database } from '../../connect.ts';
import { fromConnectionRow } from './connectionRow.ts';
import { selectConnections } from './selectConnections.ts';

/** One connection; undefined where there is none. */
export async function findConnection(db: Database, id: string): Promise<Connection | undefined> {
  const row = await selectConnections(db).where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : fromConnectionRow(row);
}
