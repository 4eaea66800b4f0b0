import type pg from 'pg';

/**
 * Runs with a client of the pool inside one transaction, and commits. A client that cannot even roll back is not used again.
 *
 * @throws whatever `use` throws, or the database's error; nothing is stored then
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  use: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await use(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error('The rollback failed.');
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
