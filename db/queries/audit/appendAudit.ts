import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { sql } from 'kysely';
import { canonicalJson } from '../../../core/canonicalJson.ts';
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

/** The hash that the first entry names as its predecessor. */
export const AUDIT_GENESIS = '0'.repeat(64);

/**
 * Appends one entry to the hash chain, in the caller's transaction so that the change and its entry stand or fall
 * together. hash = SHA-256(previous hash + canonical JSON of the entry).
 */
export async function appendAudit(
  tx: Database,
  { actorVia: via, ...given }: AuditEntry,
): Promise<void> {
  const entry = via === undefined ? given : { ...given, detail: { ...given.detail, via } };
  // Appends are serialised until the transaction ends: two entries must not name the same predecessor.
  await sql`select pg_advisory_xact_lock(hashtext('audit_log'))`.execute(tx);
  const head = await sql<{ seq: string | null; hash: string | null }>`
    select seq, hash from audit_head()`.execute(tx);
  const last = head.rows[0];
  const now = await sql<{
    at: Date;
  }>`select date_trunc('milliseconds', clock_timestamp()) as at`.execute(tx);
  const at = now.rows[0]?.at ?? new Date();
  const seq = Number(last?.seq ?? 0) + 1;
  const previousHash = last?.hash ?? AUDIT_GENESIS;
  await tx
    .insertInto('audit_log')
    .values({
      seq,
      at,
      actor_kind: entry.actorKind,
      actor_id: entry.actorId,
      actor_name: entry.actorName,
      operation: entry.operation,
      subject: entry.subject,
      detail: JSON.stringify(entry.detail),
      previous_hash: previousHash,
      hash: auditHash(previousHash, { seq, at: at.toISOString(), ...entry }),
    })
    .execute();
}

/** The hash of an entry after its predecessor's, hex. */
export function auditHash(
  previousHash: string,
  entry: AuditEntry & { seq: number; at: string },
): string {
  return bytesToHex(sha256(utf8ToBytes(previousHash + canonicalJson(entry))));
}
