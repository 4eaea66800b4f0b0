import type { ConnectionTest } from '../../../core/contracts/credential.ts';
import type { Database } from '../../connect.ts';

/** Keeps how the test of a stored credential went, unless it was replaced meanwhile. */
export async function recordTest(
  tx: Database,
  connectionId: string,
  version: number,
  test: ConnectionTest,
): Promise<void> {
  await tx
    .updateTable('credentials')
    .set({ last_test: JSON.stringify(test) })
    .where('connection_id', '=', connectionId)
    .where('state', '=', 'stored')
    .where('version', '=', version)
    .execute();
}
