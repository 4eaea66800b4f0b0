import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from '../canonicalJson.ts';
import type { AuditRecord } from '../contracts/audit.ts';

/** The hash that the first entry names as its predecessor. */
export const AUDIT_GENESIS = '0'.repeat(64);

/** What of an entry its hash is made of. */
export type AuditContent = Omit<AuditRecord, 'previousHash' | 'hash'>;

/**
 * The hash of an entry after its predecessor's: SHA-256 over the predecessor's hash in hex and the canonical JSON of the
 * entry, hex. An entry's other fields, if it has any, are not part of it.
 *
 * @see docs/identity/audit.md, "canonical form"
 */
export function auditHash(previousHash: string, content: AuditContent): string {
  const { seq, at, actorKind, actorId, actorName, operation, subject, detail } = content;
  const text = canonicalJson({
    seq,
    at,
    actorKind,
    actorId,
    actorName,
    operation,
    subject,
    detail,
  });
  return bytesToHex(sha256(utf8ToBytes(previousHash + text)));
}
