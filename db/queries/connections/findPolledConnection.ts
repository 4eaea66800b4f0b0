import type { PolledConnection } from '../../../core/detective/planPollPeriod.ts';
import type { Database } from '../../connect.ts';

/** What planning a poll needs of a connection; undefined where there is none. */
export async function findPolledConnection(
  db: Database,
  id: string,
): Promise<(PolledConnection & { demo: boolean }) | undefined> {
  const row = await db
    .selectFrom('connections')
    .select(['provider', 'demo', 'data_until', 'restated_on'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    provider: row.provider as PolledConnection['provider'],
    demo: row.demo,
    dataUntil: row.data_until,
    restatedOn: row.restated_on,
  };
}
