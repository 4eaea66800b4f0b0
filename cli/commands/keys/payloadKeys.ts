import { appendAudit } from '../../../db/queries/audit/appendAudit.ts';
import {
  listPayloadKeys,
  type PayloadKeyRow,
} from '../../../db/queries/payloadKeys/listPayloadKeys.ts';
import { rotatePayloadKey } from '../../../db/queries/payloadKeys/rotatePayloadKey.ts';
import { loadSecrets } from '../../../db/vault/loadSecrets.ts';
import type { Instance } from '../../instance.ts';

/** The keys of workflow payloads and what each does now, a line each, the newest first. */
export async function describePayloadKeys({ db }: Instance): Promise<string[]> {
  const rows = await listPayloadKeys(db);
  const current = rows.find(({ encryptsSince }) => encryptsSince !== null);
  return rows.map((row) => `${row.id}  ${describe(row, row === current)}`);
}

/** Adds a key of workflow payloads and returns what to say of it. */
export async function rotatePayloads({ db, env }: Instance): Promise<string> {
  const { vault } = await loadSecrets(db, env, { create: false });
  const id = await db.transaction().execute(async (tx) => {
    const added = await rotatePayloadKey(tx, vault);
    if (added === undefined) return undefined;
    await appendAudit(tx, {
      actorKind: 'system',
      actorId: null,
      actorName: 'costguard keys rotate',
      operation: 'payload_key.rotate',
      subject: `payload_key:${added}`,
      detail: {},
    });
    return added;
  });
  return id === undefined
    ? 'Nothing was done: a new key waits already for the parts to be started; see costguard keys list --payloads.'
    : `${id} is stored. Start all parts anew, so that they learn it, and once more after five minutes, from when on it encrypts; old keys still decrypt.`;
}

function describe({ handedOutAt, encryptsSince }: PayloadKeyRow, isCurrent: boolean): string {
  if (handedOutAt === null) return 'waits for the next start';
  if (encryptsSince === null) return `decrypts since ${handedOutAt.toISOString()}`;
  return isCurrent ? `encrypts since ${encryptsSince.toISOString()}` : 'decrypts';
}
