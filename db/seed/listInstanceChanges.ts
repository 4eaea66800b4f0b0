import { sql } from 'kysely';
import type { InstanceChange } from '../../core/demo/demoInstances.ts';
import type { Database } from '../connect.ts';

/**
 * What actions on demo connections did to instance types, oldest first: the target's type from the moment an action
 * succeeded, the earlier type from the moment it was rolled back.
 */
export async function listInstanceChanges(db: Database): Promise<InstanceChange[]> {
  const rows = await db
    .selectFrom('action_events as e')
    .innerJoin('actions as a', 'a.id', 'e.action_id')
    .innerJoin('connections as c', 'c.id', 'a.connection_id')
    .where('c.demo', '=', true)
    .where('a.kind', '=', 'resize_instance')
    .where('e.status', 'in', ['succeeded', 'rolled_back'])
    .groupBy(['a.id', 'a.resource_id', 'e.status'])
    .select((eb) => [
      'a.resource_id as resourceId',
      eb.fn.min('e.at').as('at'),
      sql<string | null>`case e.status when 'succeeded' then a.target ->> 'instanceType'
        else a.plan -> 'before' ->> 'instanceType' end`.as('instanceType'),
    ])
    .orderBy('at')
    .execute();
  return rows.flatMap(({ resourceId, instanceType, at }) =>
    instanceType === null ? [] : [{ resourceId, instanceType, at: at.toISOString() }],
  );
}
