import { AuditHead } from '../../core/contracts/audit.ts';
import { readAuditHead } from '../../db/queries/audit/readAuditHead.ts';
import { listAuditGaps } from '../../db/roles/listAuditGaps.ts';
import { defineRoute } from '../http/route.ts';

/** Where the chain ends now, and whether the database protects it. */
export const getAuditHead = defineRoute({
  method: 'get',
  path: '/api/v1/audit/head',
  summary: 'Where the chain ends now, to be kept elsewhere',
  tag: 'Audit',
  access: { scope: 'audit:read' },
  replies: { 200: AuditHead },
  handle: async ({ db }) => ({
    status: 200,
    body: { ...(await readAuditHead(db)), gaps: await listAuditGaps(db) },
  }),
});
