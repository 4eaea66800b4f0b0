import { AuditListQuery, AuditPage } from '../../core/contracts/audit.ts';
import { listAudit as readPage } from '../../db/queries/audit/listAudit.ts';
import { defineRoute } from '../http/route.ts';

/** A page of the audit log, newest first. */
export const listAudit = defineRoute({
  method: 'get',
  path: '/api/v1/audit',
  summary: 'List the audit log, newest first',
  tag: 'Audit',
  access: { scope: 'audit:read' },
  query: AuditListQuery,
  replies: { 200: AuditPage },
  handle: async ({ query, db }) => ({ status: 200, body: await readPage(db, query) }),
});
