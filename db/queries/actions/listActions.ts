import { STATUSES_OF_STAGE } from '../../../core/actions/stages.ts';
import type { ActionStage, ActionStatus } from '../../../core/contracts/action.ts';
import { decodeTimeCursor, encodeCursor } from '../../../core/paging/cursor.ts';
import type { Database } from '../../connect.ts';
import { fromActionRow, selectActions, type StoredAction } from './actionRow.ts';

/** Which actions, and which page of them. */
export interface ActionList {
  limit: number;
  cursor?: string | undefined;
  status?: ActionStatus | undefined;
  stage?: ActionStage | undefined;
  connectionId?: string | undefined;
  anomalyId?: string | undefined;
}

/** A page of actions, newest first. @throws CostGuardError `invalid_request` for a foreign cursor */
export async function listActions(
  db: Database,
  list: ActionList,
): Promise<{ items: StoredAction[]; next_cursor: string | null }> {
  let query = selectActions(db)
    .orderBy('t.created_at', 'desc')
    .orderBy('t.id', 'desc')
    .limit(list.limit + 1);
  if (list.status !== undefined) query = query.where('t.status', '=', list.status);
  if (list.stage !== undefined)
    query = query.where('t.status', 'in', STATUSES_OF_STAGE[list.stage]);
  if (list.connectionId !== undefined)
    query = query.where('t.connection_id', '=', list.connectionId);
  if (list.anomalyId !== undefined) query = query.where('t.anomaly_id', '=', list.anomalyId);
  if (list.cursor !== undefined) {
    const { at, id } = decodeTimeCursor(list.cursor);
    query = query.where((eb) =>
      eb.or([
        eb('t.created_at', '<', new Date(at)),
        eb.and([eb('t.created_at', '=', new Date(at)), eb('t.id', '<', id)]),
      ]),
    );
  }
  const rows = (await query.execute()).map(fromActionRow);
  const items = rows.slice(0, list.limit);
  const last = items.at(-1);
  const hasMore = rows.length > items.length;
  return { items, next_cursor: hasMore && last ? encodeCursor([last.createdAt, last.id]) : null };
}
