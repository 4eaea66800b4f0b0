import type { Database } from '../../connect.ts';
import type { Vault } from '../../vault/vault.ts';

/** A write that wants to run once. */
export interface IdempotencyClaim {
  principalId: string;
  key: string;
  operation: string;
  requestHash: string;
}

/** `run`: go ahead; `replay`: it ran, this was the answer; `running`: it runs; `other`: it was another request. */
export type ClaimResult =
  | { kind: 'run' }
  | { kind: 'replay'; status: number; body: unknown }
  | { kind: 'running' | 'other' };

/** The place of a claim's sealed values. Sealed, because replies hold secrets and a request's hash one of its password. */
export const claimContext = (claim: { principalId: string; key: string }): string =>
  `idempotency_keys:${claim.principalId}:${claim.key}`;

const KEPT_HOURS = 24;
// A write that crashed before it stored its reply must not hold the key for ever.
const RUNNING_MINUTES_MAX = 2;

/** Takes the key for this request if it is free; keys are forgotten after a day. */
export async function claimIdempotencyKey(
  db: Database,
  vault: Vault,
  claim: IdempotencyClaim,
): Promise<ClaimResult> {
  const now = Date.now();
  await db
    .deleteFrom('idempotency_keys')
    .where('principal_id', '=', claim.principalId)
    .where((eb) =>
      eb.or([
        eb('created_at', '<', new Date(now - KEPT_HOURS * 3_600_000)),
        eb.and([
          eb('reply_status', 'is', null),
          eb('created_at', '<', new Date(now - RUNNING_MINUTES_MAX * 60_000)),
        ]),
      ]),
    )
    .execute();
  const inserted = await db
    .insertInto('idempotency_keys')
    .values({
      principal_id: claim.principalId,
      key: claim.key,
      operation: claim.operation,
      request_hash: vault.seal(Buffer.from(claim.requestHash), claimContext(claim)),
    })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 1n) return { kind: 'run' };
  const existing = await db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('principal_id', '=', claim.principalId)
    .where('key', '=', claim.key)
    .executeTakeFirst();
  // Freed a moment ago: whoever asks again may run.
  if (existing === undefined) return { kind: 'running' };
  const open = (sealed: string) => vault.open(sealed, claimContext(claim)).toString();
  const isSame =
    existing.operation === claim.operation && open(existing.request_hash) === claim.requestHash;
  if (!isSame) return { kind: 'other' };
  if (existing.reply_status === null) return { kind: 'running' };
  return {
    kind: 'replay',
    status: existing.reply_status,
    body: JSON.parse(open(existing.reply_body as string)) as unknown,
  };
}
