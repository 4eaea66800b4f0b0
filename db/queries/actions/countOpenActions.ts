import { OPEN_STATUSES } from '../../../core/actions/transitions.ts';
import type { ActionStatus } from '../../../core/contracts/action.ts';
import type { Database } from '../../connect.ts';

/** How many actions stand in each status in which somebody, or something, still has to act; 0 where none does. */
export async function countOpenActions(db: Database): Promise<[ActionStatus, number][]> {
  const rows = await db
    .selectFrom('actions')
    .select(({ fn }) => ['status', fn.countAll<string>().as('count')])
    .where('status', 'in', OPEN_STATUSES)
    .groupBy('status')
    .execute();
  const found = new Map(rows.map(({ status, count }) => [status, Number(count)]));
  return OPEN_STATUSES.map((status) => [status, found.get(status) ?? 0]);
}
