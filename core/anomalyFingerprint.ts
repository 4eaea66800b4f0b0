import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonicalJson.ts';
import type { AnomalyCreate } from './contracts/anomaly.ts';
import { isLlmAnomalyKind } from './contracts/llmFinding.ts';

/**
 * What makes two reports the same finding: the same series, the same direction and the same first day. A spike that turns
 * out to be a lasting shift stays one finding. Of the use of language models there are several findings a day in one
 * service, told apart by their kind and by the key, the models and the kind of use that they are about.
 */
export function anomalyFingerprint(
  report: Pick<
    AnomalyCreate,
    'connectionId' | 'subAccountId' | 'serviceName' | 'regionId' | 'kind' | 'startedOn' | 'currency'
  > & { llm?: AnomalyCreate['llm'] | undefined },
): string {
  const identity = [
    report.connectionId,
    report.subAccountId,
    report.serviceName,
    report.regionId,
    report.currency,
    report.kind === 'drop' ? 'down' : 'up',
    report.startedOn,
    ...(isLlmAnomalyKind(report.kind) ? subjectOf(report.kind, report.llm) : []),
  ];
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(identity))));
}

const subjectOf = (kind: AnomalyCreate['kind'], llm: AnomalyCreate['llm'] | undefined) => [
  kind,
  llm?.apiKeyId ?? null,
  llm?.model ?? null,
  llm?.previousModel ?? null,
  llm?.meter ?? null,
];
