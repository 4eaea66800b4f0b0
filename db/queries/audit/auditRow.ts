import { type Selectable, type SelectQueryBuilder } from 'kysely';
import type { AuditFilter, AuditRecord } from '../../../core/contracts/audit.ts';
import type { AuditLog, DB } from '../../schema.gen.ts';

/** An entry as it is listed and exported. */
export const fromAuditRow = (row: Selectable<AuditLog>): AuditRecord => ({
  seq: Number(row.seq),
  at: row.at.toISOString(),
  actorKind: row.actor_kind as AuditRecord['actorKind'],
  actorId: row.actor_id,
  actorName: row.actor_name,
  operation: row.operation,
  subject: row.subject,
  detail: row.detail as AuditRecord['detail'],
  previousHash: row.previous_hash,
  hash: row.hash,
});

type Query = SelectQueryBuilder<DB, 'audit_log', Selectable<AuditLog>>;

/** Adds the conditions of a filter. `operation` and `subject` without their second half mean all of a kind. */
export function whereAudit(query: Query, filter: AuditFilter): Query {
  const { actor, from, operation, subject, to } = filter;
  let filtered = query;
  if (actor !== undefined)
    filtered = filtered.where((eb) =>
      eb.or([eb('actor_name', '=', actor), eb('actor_id', '=', actor)]),
    );
  if (operation !== undefined)
    filtered = operation.includes('.')
      ? filtered.where('operation', '=', operation)
      : filtered.where('operation', 'like', `${escapeLike(operation)}.%`);
  if (subject !== undefined)
    filtered = subject.includes(':')
      ? filtered.where('subject', '=', subject)
      : filtered.where('subject', 'like', `${escapeLike(subject)}:%`);
  if (from !== undefined) filtered = filtered.where('at', '>=', new Date(from));
  if (to !== undefined) filtered = filtered.where('at', '<', new Date(to));
  return filtered;
}

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');
