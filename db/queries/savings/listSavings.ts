import type { SavingVerdict } from '../../../core/savings/measureSaving.ts';
import { decodeTimeCursor, encodeCursor } from '../../../core/paging/cursor.ts';
import type { Database } from '../../connect.ts';
import { fromActionRow, selectActions, type StoredAction } from '../actions/actionRow.ts';
import { fromSavingRow, selectSavings, type StoredSaving } from './savingRow.ts';

/** Which savings, and which page of them. */
export interface SavingList {
  limit: number;
  cursor?: string | undefined;
  verdict?: SavingVerdict | undefined;
  connectionId?: string | undefined;
}

/** An action that was carried out, with what it saved. */
export interface SavedAction {
  action: StoredAction;
  saving: StoredSaving;
}

/** A page of savings of actions that were carried out, newest approval first. @throws CostGuardError `invalid_request` for a foreign cursor */
export async function listSavings(
  db: Database,
  list: SavingList,
): Promise<{ items: SavedAction[]; next_cursor: string | null }> {
  let query = selectSavings(db)
    .innerJoin('actions as a', 'a.id', 's.action_id')
    // Before success there is nothing to measure.
    .where('s.first_day', 'is not', null)
    .orderBy('s.created_at', 'desc')
    .orderBy('s.action_id', 'desc')
    .limit(list.limit + 1);
  if (list.verdict !== undefined) query = query.where('s.verdict', '=', list.verdict);
  if (list.connectionId !== undefined)
    query = query.where('a.connection_id', '=', list.connectionId);
  if (list.cursor !== undefined) {
    const { at, id } = decodeTimeCursor(list.cursor);
    query = query.where((eb) =>
      eb.or([
        eb('s.created_at', '<', new Date(at)),
        eb.and([eb('s.created_at', '=', new Date(at)), eb('s.action_id', '<', id)]),
      ]),
    );
  }
  const savings = (await query.execute()).map(fromSavingRow);
  const items = await withActions(db, savings.slice(0, list.limit));
  const last = items.at(-1)?.saving;
  const hasMore = savings.length > items.length;
  return {
    items,
    next_cursor: hasMore && last ? encodeCursor([last.createdAt, last.actionId]) : null,
  };
}

async function withActions(db: Database, savings: readonly StoredSaving[]): Promise<SavedAction[]> {
  if (savings.length === 0) return [];
  const ids = savings.map(({ actionId }) => actionId);
  const rows = await selectActions(db).where('t.id', 'in', ids).execute();
  const actions = new Map(rows.map((row) => [row.id, fromActionRow(row)]));
  return savings.flatMap((saving) => {
    const action = actions.get(saving.actionId);
    return action === undefined ? [] : [{ action, saving }];
  });
}
