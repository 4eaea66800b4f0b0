import { sql } from 'kysely';
import { AUDIT_GENESIS, type AuditContent, auditHash } from '../../../core/audit/auditHash.ts';
import type { Database } from '../../connect.ts';

/** One entry of the audit log. `detail` is public to auditors: ids, old and new values; never a secret. */
export interface AuditEntry {
  actorKind: 'user' | 'service' | 'system';
  actorId: string | null;
  actorName: string;
  /** The service that acted for the actor; it is kept in `detail.via`. */
  actorVia?: { id: string; name: string };
  /** What was done, `noun.verb`, for instance `action.approve`. */
  operation: string;
  /** What it was done to, `noun:id`; null where there is none. */
  subject: string | null;
  detail: Record<string, unknown>;
}

/**
 * Appends one entry to the hash chain, in the caller's transaction so that the change and its entry stand or fall
 * together.
 */
export const appendAudit = (tx: Database, entry: AuditEntry): Promise<void> =>
  appendAuditBatch(tx, [entry]);

/**
 * Appends entries in their order, with one wait for the chain and one statement. Other appends wait until the transaction
 * ends, since two entries must not name the same predecessor: append as the last thing that a transaction does.
 */
export async function appendAuditBatch(
  tx: Database,
  entries: readonly AuditEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  // Waits until it is this transaction's turn; the time is taken after that.
  const { rows } = await sql<{ seq: string | null; hash: string | null; at: Date }>`
    select seq, hash, date_trunc('milliseconds', clock_timestamp()) as at from audit_head()`.execute(
    tx,
  );
  const { at = new Date(), hash, seq } = rows[0] ?? {};
  let previousHash = hash ?? AUDIT_GENESIS;
  const first = Number(seq ?? 0) + 1;
  const values = entries.map(({ actorVia: via, ...given }, i) => {
    const entry = via === undefined ? given : { ...given, detail: { ...given.detail, via } };
    const content = { seq: first + i, at: at.toISOString(), ...entry };
    const row = toRow(content, previousHash);
    previousHash = row.hash;
    return row;
  });
  await tx.insertInto('audit_log').values(values).execute();
}

function toRow(content: AuditContent, previousHash: string) {
  return {
    seq: content.seq,
    at: new Date(content.at),
    actor_kind: content.actorKind,
    actor_id: content.actorId,
    actor_name: content.actorName,
    operation: content.operation,
    subject: content.subject,
    detail: JSON.stringify(content.detail),
    previous_hash: previousHash,
    hash: auditHash(previousHash, content),
  };
}
