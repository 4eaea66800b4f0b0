import type { Period } from '../../core/mcp/period.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { addMonths } from '../../core/time/month.ts';
import type { ExportTable } from './exportTable.ts';
import { COMPUTE_DAYS } from './retention.ts';
import { fromSql, type SqlQuery } from './toCostQuery.ts';

/** Compute Engine's id in every billing account. @see https://cloud.google.com/skus */
const COMPUTE_ENGINE = '6F81-5844-456A';
// Projects with costs in the last three months, this one included.
const MONTHS_BACK = 2;
/** Zones whose recommendations are asked for, those with the highest costs. */
export const PLACES_MAX = 100;

/** The projects with costs of the last three months, with the billing accounts that pay for them. */
export function projectsQuery(table: ExportTable, now: Date): SqlQuery {
  const today = utcDay(now);
  return query(
    table,
    { start: addMonths(today, -MONTHS_BACK), end: addDays(today, 1) },
    {
      select: 'billing_account_id AS account, project.id AS project_id, MAX(project.name) AS name',
      where: 'project.id IS NOT NULL AND billing_account_id IS NOT NULL',
      tail: 'GROUP BY 1, 2',
    },
  );
}

/** The projects and zones with costs of Compute Engine in the last 30 days, the most expensive first. */
export function computePlacesQuery(table: ExportTable, now: Date): SqlQuery {
  const today = utcDay(now);
  return {
    ...query(
      table,
      { start: addDays(today, -COMPUTE_DAYS), end: addDays(today, 1) },
      {
        select: 'project.id AS project_id, location.zone AS zone_id, COUNT(*) OVER () AS places',
        where: 'service.id = @p0 AND project.id IS NOT NULL AND location.zone IS NOT NULL',
        tail: `GROUP BY 1, 2 ORDER BY SUM(CAST(cost AS NUMERIC)) DESC, 1, 2 LIMIT ${PLACES_MAX}`,
      },
    ),
    parameters: [{ name: 'p0', value: COMPUTE_ENGINE }],
  };
}

function query(
  table: ExportTable,
  period: Period,
  { select, where, tail }: { select: string; where: string; tail: string },
): SqlQuery {
  const bound = table.byLoadDay
    ? ' AND _PARTITIONTIME >= TIMESTAMP_SUB(@from, INTERVAL 1 DAY)'
    : '';
  return {
    sql: `SELECT ${select}\nFROM ${fromSql(table)}\nWHERE usage_start_time >= @from AND usage_start_time < @to${bound} AND ${where}\n${tail}`,
    parameters: [],
    period,
  };
}
