import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from '../canonicalJson.ts';
import type { Policy } from '../contracts/policy.ts';

/** A policy as far as it judges. */
export type JudgingPolicy = Pick<Policy, 'id' | 'name' | 'enabled' | 'rule'>;

/**
 * SHA-256 of the canonical JSON of the policies that are enabled, hex, whatever their order. Switched off and on again it
 * is the same: what was approved under these rules is approved under these rules.
 */
export function policyVersion(policies: readonly JudgingPolicy[]): string {
  const enabled = policies
    .filter((policy) => policy.enabled)
    .map(({ id, name, rule }) => ({ id, name, rule }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(enabled))));
}
