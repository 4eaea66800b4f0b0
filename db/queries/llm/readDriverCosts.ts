import { sql } from 'kysely';
import type { DriverCost } from '../../../core/llm/detection/useDrivers.ts';
import type { UseScope } from '../../../core/llm/detection/useView.ts';
import type { Database } from '../../connect.ts';

/** Which use, when, and the days before that it is set beside; milliseconds UTC. */
export interface DriverFilter {
  connectionId: string;
  scope: Pick<UseScope, 'projectId' | 'apiKeyId' | 'model'>;
  /** What the use of before may have been for, besides `scope.model`. */
  previousModel: string;
  from: number;
  to: number;
  beforeFrom: number;
}

/**
 * What each key, project, model and user tag cost in an episode and before it, as far as there is a known price; USD as
 * numbers, since only their proportions count.
 */
export async function readDriverCosts(db: Database, filter: DriverFilter): Promise<DriverCost[]> {
  const { connectionId, scope, previousModel, from, to, beforeFrom } = filter;
  const narrow = [
    ...(scope.apiKeyId === '' ? [] : [sql`and api_key_id = ${scope.apiKeyId}`]),
    // A key's calls may name several projects; a project stands for the key where none is told.
    ...(scope.apiKeyId === '' && scope.projectId !== ''
      ? [sql`and project_id = ${scope.projectId}`]
      : []),
    ...(scope.model === '' || previousModel !== '' ? [] : [sql`and model = ${scope.model}`]),
  ];
  const start = new Date(from);
  const { rows } = await sql<DriverCost>`
    select api_key_id as "apiKeyId", project_id as "projectId", model, user_tag as "userTag",
      coalesce(sum(known) filter (where bucket_start >= ${start}), 0)::float8 as during,
      coalesce(sum(known) filter (where bucket_start < ${start}), 0)::float8 as before
    from (select *, coalesce(cost, (select sum(part.value::numeric) from jsonb_each_text(cost_parts) part)) as known
      from llm_spend
      where connection_id = ${connectionId}
        and bucket_start >= ${new Date(beforeFrom)} and bucket_start < ${new Date(to)}
        ${narrow.length === 0 ? sql`` : sql.join(narrow, sql` `)}) spend
    group by 1, 2, 3, 4`.execute(db);
  return rows;
}
