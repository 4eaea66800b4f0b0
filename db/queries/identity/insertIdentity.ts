import type { Database } from '../../connect.ts';
import type { Identity } from './findUserByIdentity.ts';

/** Links a person with a subject of the identity provider. */
export async function insertIdentity(
  tx: Database,
  userId: string,
  { issuer, subject }: Identity,
): Promise<void> {
  await tx.insertInto('user_identities').values({ issuer, subject, user_id: userId }).execute();
}
