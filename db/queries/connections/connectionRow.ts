import type { Selectable } from 'kysely';
import { hasLlmUsage } from '../../../core/connections/hasLlmUsage.ts';
import type { Connection } from '../../../core/contracts/connection.ts';
import { toDecimalString } from '../../../core/money/money.ts';
import type { Connections } from '../../schema.gen.ts';
import type { BackfillCounts } from './selectConnections.ts';

/** A connection as the API shows it. */
export function fromConnectionRow(
  row: Selectable<Connections> & { backfill: BackfillCounts | null },
): Connection {
  return {
    id: row.id,
    provider: row.provider as Connection['provider'],
    name: row.name,
    mode: row.mode as Connection['mode'],
    enabled: row.enabled,
    demo: row.demo,
    pollIntervalMinutes: row.poll_interval_minutes,
    sensitivity: row.sensitivity,
    minDailyImpact: toDecimalString(row.min_daily_impact),
    minTotalImpact: toDecimalString(row.min_total_impact),
    ownerTag: row.owner_tag,
    lastPollAt: row.last_poll_at?.toISOString() ?? null,
    lastPollEndedAt: row.last_poll_ended_at?.toISOString() ?? null,
    lastPollRows: row.last_poll_rows,
    dataUntil: row.data_until,
    health: {
      status: row.health_status as Connection['health']['status'],
      code: row.health_code,
      detail: row.health_detail,
      since: row.health_since.toISOString(),
    },
    usageHealth: hasLlmUsage({ provider: row.provider, demo: row.demo })
      ? {
          status: row.usage_health_status as Connection['health']['status'],
          code: row.usage_health_code,
          detail: row.usage_health_detail,
          since: row.usage_health_since.toISOString(),
        }
      : null,
    usageLastPollAt: row.usage_last_poll_at?.toISOString() ?? null,
    backfill: row.backfill === null ? null : toProgress(row.backfill),
    createdAt: row.created_at.toISOString(),
  };
}

function toProgress({ open, ...counts }: BackfillCounts): NonNullable<Connection['backfill']> {
  const settled = counts.failed.length > 0 ? 'failed' : 'done';
  return { ...counts, state: open > 0 ? 'running' : settled };
}
