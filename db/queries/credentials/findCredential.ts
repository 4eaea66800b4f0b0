import type { Credential } from '../../../core/contracts/credential.ts';
import type { Database } from '../../connect.ts';
import { fromCredentialRow } from './credentialRow.ts';

/** What may be shown of a connection's stored credential; undefined where there is none. */
export async function findCredential(
  db: Database,
  connectionId: string,
): Promise<Credential | undefined> {
  const row = await selectStored(db).where('connection_id', '=', connectionId).executeTakeFirst();
  return row === undefined ? undefined : fromCredentialRow(row);
}

/** What may be shown of all stored credentials; those replaced last first. */
export async function listCredentials(db: Database): Promise<Credential[]> {
  const rows = await selectStored(db).orderBy('updated_at', 'desc').orderBy('id').execute();
  return rows.map(fromCredentialRow);
}

/** Secrets stay where they are. */
const selectStored = (db: Database) =>
  db
    .selectFrom('credentials')
    .select([
      'id',
      'connection_id',
      'state',
      'kind',
      'hint',
      'version',
      'kek_id',
      'last_test',
      'created_at',
      'updated_at',
      'rewrapped_at',
    ])
    .where('state', '=', 'stored');
