import { sql } from 'kysely';
import type { BackfillProgress } from '../../../core/contracts/backfill.ts';
import type { Database } from '../../connect.ts';

/** What of a connection's months of history is counted; null where none are planned. */
export type BackfillCounts = Omit<BackfillProgress, 'state'> & { open: number };

/** All connections, each with how far the reading of its history is, for a query to narrow. */
export function selectConnections(db: Database) {
  return db
    .selectFrom('connections')
    .selectAll('connections')
    .select(
      sql<BackfillCounts | null>`(
        select jsonb_build_object(
          'months', count(*),
          'done', count(*) filter (where status in ('done', 'empty')),
          'open', count(*) filter (where status in ('waiting', 'running')),
          'rows', sum(rows),
          'waitingFor', min(detail) filter (where status = 'waiting'),
          'failed', coalesce(jsonb_agg(
            jsonb_build_object('month', to_char(month, 'YYYY-MM'), 'code', code, 'detail', detail)
            order by month desc) filter (where status = 'failed'), '[]'))
        from backfill_months where connection_id = connections.id
        having count(*) > 0)`.as('backfill'),
    );
}
