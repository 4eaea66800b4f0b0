import type { Provider } from '../../../core/contracts/scalars.ts';
import type { Database } from '../../connect.ts';

/**
 * The provider of a connection that is to be asked for its recommendations on a day: one that allows actions and was not
 * asked on that day yet. undefined where there is nothing to ask.
 */
export async function findRecommendationsDue(
  db: Database,
  { connectionId, day }: { connectionId: string; day: string },
): Promise<Provider | undefined> {
  const row = await db
    .selectFrom('connections')
    .select('provider')
    .where('id', '=', connectionId)
    .where('mode', '=', 'actions')
    .where((eb) =>
      eb.or([eb('recommendations_read_on', 'is', null), eb('recommendations_read_on', '<', day)]),
    )
    .executeTakeFirst();
  return row?.provider as Provider | undefined;
}
