import { createAuditVerifier } from '../../core/audit/createAuditVerifier.ts';
import { toAuditLine } from '../../core/audit/toAuditLine.ts';
import { AuditVerification } from '../../core/contracts/audit.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { Database } from '../../db/connect.ts';
import { readAudit } from '../../db/queries/audit/readAudit.ts';
import { defineRoute } from '../http/route.ts';

const FINDINGS_MAX = 100;
const RETRY_AFTER_MS = 10_000;
let isUnderWay = false;

/** Reads the whole stored chain and says whether it is intact. */
export const verifyAudit = defineRoute({
  method: 'get',
  path: '/api/v1/audit/verification',
  summary: 'Read the whole stored chain and name what was changed or removed',
  tag: 'Audit',
  access: { scope: 'audit:read' },
  replies: { 200: AuditVerification },
  errors: ['too_many_requests'],
  handle: async ({ db }) => {
    if (isUnderWay)
      throw new CostGuardError(
        'too_many_requests',
        'The log is being verified for somebody else. Try again in some seconds.',
        { retryAfterMs: RETRY_AFTER_MS },
      );
    isUnderWay = true;
    try {
      return { status: 200, body: await verify(db) };
    } finally {
      isUnderWay = false;
    }
  },
});

async function verify(db: Database): Promise<AuditVerification> {
  const verifier = createAuditVerifier();
  for await (const page of readAudit(db))
    for (const record of page) verifier.line(toAuditLine(record));
  const { entries, findings, head } = verifier.end();
  const isIntact = findings.length === 0;
  return { entries, head, isIntact, findings: findings.slice(0, FINDINGS_MAX) };
}
