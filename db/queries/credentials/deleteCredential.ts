import type { Credential } from '../../../core/contracts/credential.ts';
import type { Database } from '../../connect.ts';
import { findCredential } from './findCredential.ts';

/** Deletes a connection's stored credential and returns what it was; undefined where there was none. */
export async function deleteCredential(
  tx: Database,
  connectionId: string,
): Promise<Credential | undefined> {
  const before = await findCredential(tx, connectionId);
  await tx
    .deleteFrom('credentials')
    .where('connection_id', '=', connectionId)
    .where('state', '=', 'stored')
    .execute();
  return before;
}

/** A draft is there for one test; afterwards it opens no more, and is deleted by the next test at the latest. */
export const DRAFT_MINUTES_MAX = 5;

/** Deletes a draft, and those that a crash left behind. */
export async function deleteDrafts(db: Database, draftId: string, now: Date): Promise<void> {
  await db
    .deleteFrom('credentials')
    .where('state', '=', 'draft')
    .where((eb) =>
      eb.or([
        eb('id', '=', draftId),
        eb('created_at', '<', new Date(now.getTime() - DRAFT_MINUTES_MAX * 60_000)),
      ]),
    )
    .execute();
}
