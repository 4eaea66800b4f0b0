import { sql } from 'kysely';
import type { AnnotationQuery, UsageAnnotations } from '../../../core/contracts/usage.ts';
import type { Database } from '../../connect.ts';

type Annotation = UsageAnnotations['items'][number];

/** The findings that began in a period, newest first, `limit` at most. */
export async function readFindings(
  db: Database,
  filter: AnnotationQuery,
  limit: number,
): Promise<Annotation[]> {
  let query = db
    .selectFrom('anomalies as a')
    .innerJoin('connections as c', 'c.id', 'a.connection_id')
    .select(['a.id', 'a.started_on as day', 'a.service_name', 'a.status', 'a.currency'])
    .where('a.started_on', '>=', filter.from)
    .where('a.started_on', '<', filter.to)
    .orderBy('a.started_on', 'desc')
    .orderBy('a.id')
    .limit(limit);
  if (filter.provider !== undefined) query = query.where('c.provider', '=', filter.provider);
  if (filter.connectionId !== undefined) query = query.where('c.id', '=', filter.connectionId);
  if (filter.account !== undefined) query = query.where('a.sub_account_id', '=', filter.account);
  if (filter.service !== undefined) query = query.where('a.service_name', '=', filter.service);
  if (filter.region !== undefined) query = query.where('a.region_id', '=', filter.region);
  if (filter.currency !== undefined) query = query.where('a.currency', '=', filter.currency);
  return (await query.execute()).map(({ service_name, ...row }) => ({
    kind: 'anomaly',
    label: service_name,
    ...row,
  }));
}

/**
 * The actions whose change was first made in a period, newest first, `limit` at most. An action knows its region; of an
 * account or a service only through the finding that it answers.
 */
export async function readExecutedActions(
  db: Database,
  filter: AnnotationQuery,
  limit: number,
): Promise<Annotation[]> {
  const executed = db
    .selectFrom('action_events')
    .select(['action_id', sql<string>`(min(at) at time zone 'UTC')::date`.as('day')])
    .where('status', '=', 'executing')
    .groupBy('action_id');
  let query = db
    .selectFrom('actions as t')
    .innerJoin(executed.as('e'), 'e.action_id', 't.id')
    .innerJoin('connections as c', 'c.id', 't.connection_id')
    .leftJoin('anomalies as a', 'a.id', 't.anomaly_id')
    .select(['t.id', 'e.day', 't.kind as action_kind', 't.status', 't.resource_id'])
    .select([
      sql<string | null>`t.plan #>> '{resource,resourceName}'`.as('name'),
      sql<string | null>`coalesce(t.saving_currency, a.currency)`.as('currency'),
    ])
    .where('e.day', '>=', filter.from)
    .where('e.day', '<', filter.to)
    .orderBy('e.day', 'desc')
    .orderBy('t.id')
    .limit(limit);
  if (filter.provider !== undefined) query = query.where('c.provider', '=', filter.provider);
  if (filter.connectionId !== undefined) query = query.where('c.id', '=', filter.connectionId);
  if (filter.account !== undefined) query = query.where('a.sub_account_id', '=', filter.account);
  if (filter.service !== undefined) query = query.where('a.service_name', '=', filter.service);
  if (filter.region !== undefined) query = query.where('t.region', '=', filter.region);
  return (await query.execute()).map(({ action_kind, resource_id, name, ...row }) => ({
    kind: 'action',
    // Google's and Azure's ids are paths that end with the name.
    label: `${action_kind.replaceAll('_', ' ')}: ${name ?? resource_id.slice(resource_id.lastIndexOf('/') + 1)}`,
    ...row,
  }));
}
