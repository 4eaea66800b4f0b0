import type pg from 'pg';
import { CostGuardError } from '../../../core/errors.ts';
import { inTransaction } from '../../inTransaction.ts';

/**
 * Runs with a client of the pool inside one transaction that may take as long as it needs, and commits.
 *
 * @throws whatever `use` throws; nothing is stored then
 */
export function inBulkTransaction<T>(
  pool: pg.Pool,
  use: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query('set local statement_timeout = 0');
    await client.query(`set local work_mem = '64MB'`);
    return use(client);
  });
}

/**
 * Keeps a connection from going and every other writer of its costs waiting until the transaction ends. Rows have no
 * foreign key, which would be checked row by row, and no key, which two writers at once could otherwise fill twice.
 *
 * @throws CostGuardError `connection_not_found`
 */
export async function lockCosts(client: pg.PoolClient, connectionId: string): Promise<void> {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [connectionId]);
  const { rowCount } = await client.query('select from connections where id = $1 for key share', [
    connectionId,
  ]);
  if (rowCount === 0) {
    throw new CostGuardError(
      'connection_not_found',
      'The connection was deleted meanwhile; its costs were not stored.',
    );
  }
}
