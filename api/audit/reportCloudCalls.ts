import { CloudCallReport } from '../../core/contracts/audit.ts';
import { appendAuditBatch, type AuditEntry } from '../../db/queries/audit/appendAudit.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';

/** Takes down what an MCP server asked its provider: one entry for each call, operation and outcome. */
export const reportCloudCalls = defineRoute({
  method: 'post',
  path: '/api/v1/audit/cloud-calls',
  summary: 'Report requests to a cloud provider to the audit log',
  tag: 'Audit',
  access: { scope: 'audit:write' },
  body: CloudCallReport,
  replies: { 204: null },
  handle: async ({ body, db, principal }) => {
    const actor = actorOf(principal);
    await db.transaction().execute((tx) => appendAuditBatch(tx, toEntries(body, actor)));
    return { status: 204, body: undefined };
  },
});

function toEntries(
  { calls, lost, server }: CloudCallReport,
  actor: ReturnType<typeof actorOf>,
): AuditEntry[] {
  const entries: AuditEntry[] = calls.map(({ connectionId, ...call }) => ({
    ...actor,
    operation: 'cloud.call',
    subject: connectionId === null ? null : `connection:${connectionId}`,
    detail: { server, ...call },
  }));
  if (lost === 0) return entries;
  return [
    ...entries,
    { ...actor, operation: 'cloud.calls_lost', subject: null, detail: { server, lost } },
  ];
}
