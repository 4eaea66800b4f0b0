import type { Env } from '../../core/config/env.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { Database } from '../../db/connect.ts';
import { checkSecrets as openAll } from '../../db/queries/backup/checkSecrets.ts';
import { loadSecrets } from '../../db/vault/loadSecrets.ts';
import { type Finding, not, ok } from './finding.ts';

/** The KEK is the one of this database, and every stored secret and payload key opens. */
export async function checkStoredSecrets(db: Database, env: Env): Promise<Finding> {
  try {
    const secrets = await loadSecrets(db, env, { create: false });
    const { opened, faults } = await openAll(db, secrets);
    if (faults.length === 0) return ok('stored secrets', `all ${opened} open`);
    return not(
      'failed',
      'stored secrets',
      faults.join('; '),
      'Store each of them again, or restore the database and its key from the same backup.',
    );
  } catch (error) {
    if (!(error instanceof CostGuardError && error.code === 'key_unavailable')) throw error;
    return not(
      'failed',
      'stored secrets',
      'none can be opened',
      `${error.detail} This command needs the key as the API has it.`,
    );
  }
}
