import { sql } from 'kysely';
import { Provider } from '../../../core/contracts/scalars.ts';
import type { Database } from '../../connect.ts';

/** How far behind the connections of a provider are. */
export interface PollLag {
  provider: Provider;
  /** Seconds by which the costs of the one furthest behind are older than its interval; 0 where none is late. */
  seconds: number;
  /** Connections whose last poll failed. */
  failing: number;
}

/**
 * For every provider, from its enabled connections that are not the demo's. Costs are as old as the last poll that worked:
 * while polls fail, as old as the first failure.
 */
export async function readPollLag(db: Database): Promise<PollLag[]> {
  const { rows } = await sql<{ provider: string; seconds: string; failing: string }>`
    select provider,
           max(greatest(0, extract(epoch from now() - case
             when last_poll_at is null then created_at
             when health_status = 'failed' then least(last_poll_at, health_since)
             else last_poll_at end) - poll_interval_minutes * 60)) as seconds,
           count(*) filter (where health_status = 'failed') as failing
      from connections where enabled and not demo group by provider`.execute(db);
  const found = new Map(rows.map((row) => [row.provider, row]));
  return Provider.options.map((provider) => ({
    provider,
    seconds: Math.round(Number(found.get(provider)?.seconds ?? 0)),
    failing: Number(found.get(provider)?.failing ?? 0),
  }));
}
