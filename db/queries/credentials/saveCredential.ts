import { randomUUID } from 'node:crypto';
import type { Credential, CredentialInput } from '../../../core/contracts/credential.ts';
import { credentialHint } from '../../../core/credentials/credentialHint.ts';
import { PROVIDER_OF_KIND } from '../../../core/credentials/providerOfKind.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { notFound } from '../../../core/notFound.ts';
import type { Database } from '../../connect.ts';
import { sealEnvelope } from '../../vault/envelope.ts';
import type { Keyring } from '../../vault/kek.ts';
import { credentialContext, fromCredentialRow, toEnvelopeColumns } from './credentialRow.ts';
import { findCredential } from './findCredential.ts';

/**
 * Stores a connection's credential in place of the one before, sealed with a data key of its own.
 *
 * @throws CostGuardError `connection_not_found`, `invalid_request` for another provider's, `key_unavailable`
 */
export async function saveCredential(
  tx: Database,
  keyring: Keyring,
  connectionId: string,
  credential: CredentialInput,
): Promise<{ before: Credential | undefined; after: Credential }> {
  await assertFits(tx, connectionId, credential);
  const existing = await tx
    .selectFrom('credentials')
    .select(['id', 'version'])
    .where('connection_id', '=', connectionId)
    .where('state', '=', 'stored')
    .executeTakeFirst();
  const before = await findCredential(tx, connectionId);
  const place = {
    id: existing?.id ?? randomUUID(),
    connection_id: connectionId,
    kind: credential.kind,
    version: (existing?.version ?? 0) + 1,
  };
  const values = {
    ...place,
    state: 'stored',
    hint: credentialHint(credential),
    last_test: null,
    updated_at: new Date(),
    rewrapped_at: null,
    ...(await sealColumns(keyring, credential, place)),
  };
  const row = await tx
    .insertInto('credentials')
    .values(values)
    .onConflict((oc) => oc.column('id').doUpdateSet(values))
    .returningAll()
    .executeTakeFirstOrThrow();
  return { before, after: fromCredentialRow(row) };
}

/** Keeps a credential for a few minutes, only to be tested; returns its id. @throws CostGuardError as `saveCredential` */
export async function saveDraft(
  tx: Database,
  keyring: Keyring,
  connectionId: string,
  credential: CredentialInput,
): Promise<string> {
  await assertFits(tx, connectionId, credential);
  const place = {
    id: randomUUID(),
    connection_id: connectionId,
    kind: credential.kind,
    version: 1,
  };
  await tx
    .insertInto('credentials')
    .values({
      ...place,
      state: 'draft',
      hint: credentialHint(credential),
      ...(await sealColumns(keyring, credential, place)),
    })
    .execute();
  return place.id;
}

async function sealColumns(
  keyring: Keyring,
  credential: CredentialInput,
  place: Parameters<typeof credentialContext>[0],
) {
  const plain = Buffer.from(JSON.stringify(credential));
  return toEnvelopeColumns(await sealEnvelope(keyring, plain, credentialContext(place)));
}

/** Locks the connection, so that two replacements of one credential come one after the other. */
async function assertFits(
  tx: Database,
  connectionId: string,
  { kind }: CredentialInput,
): Promise<void> {
  const connection = await tx
    .selectFrom('connections')
    .select('provider')
    .where('id', '=', connectionId)
    .forUpdate()
    .executeTakeFirst();
  if (connection === undefined) throw notFound('connection_not_found');
  const provider = PROVIDER_OF_KIND[kind];
  if (connection.provider === provider) return;
  throw new CostGuardError(
    'credential_of_other_provider',
    `This connection is of ${connection.provider}; send a credential of ${connection.provider}.`,
    { errors: [{ pointer: '/kind', detail: `is for ${provider}` }] },
  );
}
