import type { Anomaly, AnomalyStatus, Severity } from '../../../core/contracts/anomaly.ts';
import { decodeTimeCursor, encodeCursor } from '../../../core/paging/cursor.ts';
import type { Database } from '../../connect.ts';
import { fromAnomalyRow, selectAnomalies } from './anomalyRow.ts';

/** Which anomalies, and which page of them. */
export interface AnomalyList {
  limit: number;
  cursor?: string | undefined;
  status?: AnomalyStatus | undefined;
  severity?: Severity | undefined;
  connectionId?: string | undefined;
}

/** A page of anomalies, newest first. @throws CostGuardError `invalid_request` for a foreign cursor */
export async function listAnomalies(
  db: Database,
  list: AnomalyList,
): Promise<{ items: Anomaly[]; next_cursor: string | null }> {
  let query = selectAnomalies(db)
    .orderBy('a.created_at', 'desc')
    .orderBy('a.id', 'desc')
    .limit(list.limit + 1);
  if (list.status !== undefined) query = query.where('a.status', '=', list.status);
  if (list.severity !== undefined) query = query.where('a.severity', '=', list.severity);
  if (list.connectionId !== undefined)
    query = query.where('a.connection_id', '=', list.connectionId);
  if (list.cursor !== undefined) {
    const { at, id } = decodeTimeCursor(list.cursor);
    query = query.where((eb) =>
      eb.or([
        eb('a.created_at', '<', new Date(at)),
        eb.and([eb('a.created_at', '=', new Date(at)), eb('a.id', '<', id)]),
      ]),
    );
  }
  const rows = (await query.execute()).map(fromAnomalyRow);
  const items = rows.slice(0, list.limit);
  const last = items.at(-1);
  const hasMore = rows.length > items.length;
  return { items, next_cursor: hasMore && last ? encodeCursor([last.createdAt, last.id]) : null };
}
