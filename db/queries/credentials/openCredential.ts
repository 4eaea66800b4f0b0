import { sql } from 'kysely';
import { CredentialInput, type OpenedCredential } from '../../../core/contracts/credential.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { Database } from '../../connect.ts';
import { openEnvelope } from '../../vault/envelope.ts';
import type { Keyring } from '../../vault/kek.ts';
import { DRAFT_MINUTES_MAX } from './deleteCredential.ts';
import { credentialContext, fromEnvelopeColumns } from './credentialRow.ts';

/**
 * A connection's credential in the clear: the stored one, or a draft of the connection.
 *
 * @throws CostGuardError `credential_not_found`, `key_unavailable`
 */
export async function openCredential(
  db: Database,
  keyring: Keyring,
  connectionId: string,
  draftId: string | undefined,
): Promise<OpenedCredential> {
  const row = await db
    .selectFrom('credentials')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('state', '=', draftId === undefined ? 'stored' : 'draft')
    .$if(draftId !== undefined, (query) =>
      query
        .where('id', '=', draftId ?? '')
        .where('created_at', '>', sql<Date>`now() - make_interval(mins => ${DRAFT_MINUTES_MAX})`),
    )
    .executeTakeFirst();
  if (row === undefined) throw credentialNotFound();
  const plain = await openEnvelope(keyring, fromEnvelopeColumns(row), credentialContext(row));
  const credential = CredentialInput.parse(JSON.parse(plain.toString()));
  return { connectionId, credentialId: row.id, version: row.version, credential };
}

/** The answer where a connection has no stored credential. */
export function credentialNotFound(): CostGuardError {
  return new CostGuardError(
    'credential_not_found',
    'This connection has no stored credential; its provider’s server uses what it finds in its own environment. Store one with PUT.',
  );
}
