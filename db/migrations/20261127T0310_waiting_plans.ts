import { type Kysely, sql } from 'kysely';
import type { Database } from '../connect.ts';
import { appendAuditBatch } from '../queries/audit/appendAudit.ts';

/**
 * The audit log gets the plans that wait for a decision and were made before plans were logged: else their approvals would
 * be of plans that no entry shows.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ id: string; plan: unknown; planHash: string }>`
    select id, plan, plan_hash as "planHash" from actions a
    where status = 'proposed' and plan_hash is not null and not exists (
      select from audit_log l where l.operation = 'action.planned' and l.subject = 'action:' || a.id)
    order by created_at, id`.execute(db);
  await appendAuditBatch(
    db as Database,
    rows.map(({ id, plan, planHash }) => ({
      actorKind: 'system' as const,
      actorId: null,
      actorName: 'CostGuard',
      operation: 'action.planned',
      subject: `action:${id}`,
      detail: { plan, planHash, reason: 'Planned before plans were logged' },
    })),
  );
}
