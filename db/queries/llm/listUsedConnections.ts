import type { Database } from '../../connect.ts';

/** The ids of all connections that have any use of language models. */
export async function listUsedConnections(db: Database): Promise<string[]> {
  const rows = await db
    .selectFrom('connections as c')
    .select('c.id')
    .where('c.provider', 'in', ['openai', 'anthropic'])
    .where((eb) =>
      eb.exists(
        eb.selectFrom('llm_usage as u').select('u.model').whereRef('u.connection_id', '=', 'c.id'),
      ),
    )
    .orderBy('c.id')
    .execute();
  return rows.map(({ id }) => id);
}
