import type { Provider } from '../../../core/contracts/scalars.ts';
import type { Database } from '../../connect.ts';

/** The provider of each of some connections, by id; those that do not exist are left out. */
export async function readProviders(
  db: Database,
  ids: readonly string[],
): Promise<Map<string, Provider>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('connections')
    .select(['id', 'provider'])
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map(({ id, provider }) => [id, provider as Provider]));
}
