import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonicalJson.ts';
import type { AnomalyCreate } from './contracts/anomaly.ts';

/**
 * What makes two reports the same finding: the same series, the same direction and the same first day. A spike that turns
 * out to be a lasting shift stays one finding.
 */
export function anomalyFingerprint(
  report: Pick<
    AnomalyCreate,
    'connectionId' | 'subAccountId' | 'serviceName' | 'regionId' | 'kind' | 'startedOn' | 'currency'
  >,
): string {
  const identity = [
    report.connectionId,
    report.subAccountId,
    report.serviceName,
    report.regionId,
    report.currency,
    report.kind === 'drop' ? 'down' : 'up',
    report.startedOn,
  ];
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(identity))));
}
