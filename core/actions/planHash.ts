import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from '../canonicalJson.ts';
import type { ActionPlan } from '../contracts/action.ts';

/**
 * SHA-256 of the plan's canonical JSON, hex: what a person's approval is bound to. The order of keys does not count, so
 * a plan read back from `jsonb` has the hash that it was stored with.
 */
export function planHash(plan: ActionPlan): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(plan))));
}
