import type { Selectable } from 'kysely';
import {
  ConnectionTest,
  type Credential,
  CredentialKind,
} from '../../../core/contracts/credential.ts';
import { PROVIDER_OF_KIND } from '../../../core/credentials/providerOfKind.ts';
import type { Credentials } from '../../schema.gen.ts';
import type { Envelope } from '../../vault/envelope.ts';

/** A row of `credentials`. */
export type CredentialRow = Selectable<Credentials>;

/** What may be shown of a credential. */
export function fromCredentialRow(row: Omit<CredentialRow, 'sealed' | 'wrapped_key'>): Credential {
  const kind = CredentialKind.parse(row.kind);
  return {
    connectionId: row.connection_id,
    provider: PROVIDER_OF_KIND[kind],
    kind,
    hint: row.hint,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    lastTest: row.last_test === null ? null : ConnectionTest.parse(row.last_test),
  };
}

/** The place of a credential's envelope: moved to another row, connection, kind or version it does not open. */
export const credentialContext = (
  row: Pick<CredentialRow, 'id' | 'connection_id' | 'kind' | 'version'>,
): string => `credentials:${row.id}:${row.connection_id}:${row.kind}:v${row.version}`;

/** The envelope's columns. */
export const toEnvelopeColumns = ({ sealed, wrapped }: Envelope) => ({
  sealed,
  wrapped_key: wrapped.bytes,
  kek_id: wrapped.kekId,
});

/** The envelope of a row. */
export const fromEnvelopeColumns = (
  row: Pick<CredentialRow, 'sealed' | 'wrapped_key' | 'kek_id'>,
): Envelope => ({
  sealed: row.sealed,
  wrapped: { kekId: row.kek_id, bytes: row.wrapped_key },
});
