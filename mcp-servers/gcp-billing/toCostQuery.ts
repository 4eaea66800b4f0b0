import type { Period } from '../../core/mcp/period.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import { utcDay } from '../../core/time/day.ts';
import { addMonths } from '../../core/time/month.ts';
import { clipPeriod } from '../kit/costs/clipPeriod.ts';
import type { CostQuestion } from '../kit/costs/costSource.ts';
import {
  CARRIED_SQL,
  findGcpDimension,
  GCP_DIMENSIONS,
  KEY_SQL,
  labelSql,
  type Carried,
  type Key,
} from './dimensions.ts';
import type { ExportTable } from './exportTable.ts';
import { toGcpMetrics, type GcpMetric } from './metrics.ts';
import { noResources } from './noResources.ts';
import { RETENTION_MONTHS } from './retention.ts';
import { createSqlParameters, CREDIT, type SqlParameter } from './sqlParameters.ts';
import { filterNames, toCondition } from './toCondition.ts';

/** A query as BigQuery is asked for it. */
export interface SqlQuery {
  sql: string;
  parameters: readonly SqlParameter[];
  /** Bounds of `@from` and `@to`. */
  period: Period;
}

/** A question about costs as one query, with what its columns mean. */
export interface CostQuery extends SqlQuery {
  metrics: readonly GcpMetric[];
  /** Tag dimensions by the column of their value. */
  tags: Readonly<Record<string, string>>;
}

const CREDITS = '(SELECT SUM(CAST(credit.amount AS NUMERIC)) FROM UNNEST(credits) AS credit)';

/**
 * The one query that answers a question. Amounts are summed as NUMERIC, as Google's own examples for the export do: costs
 * are stored as binary numbers, and nine decimals keep all that they mean. Equal questions give equal queries.
 *
 * @throws ToolError `INVALID_ARGUMENT` or `UNSUPPORTED` for what the export does not have, before anything is asked
 */
export function toCostQuery(question: CostQuestion, table: ExportTable, now: Date): CostQuery {
  const byResource = question.byResource === true;
  const groupBy = byResource ? ['ResourceId'] : question.groupBy;
  const metrics = toGcpMetrics(question.metrics, groupBy, table);
  const parameters = createSqlParameters();
  const tags: Record<string, string> = {};
  const selected = new Map<string, string>();
  const carried = new Set<Carried>(byResource ? ['labels'] : []);
  groupBy.forEach((dimension, i) => {
    const label = labelSql(dimension, parameters);
    if (label !== undefined) {
      tags[`tag${i}`] = dimension;
      selected.set(`tag${i}`, label);
      return;
    }
    const { keys, carries } = knownDimension(dimension, table);
    for (const key of keys) selected.set(columnOf(key), KEY_SQL[key]);
    for (const name of carries) carried.add(name);
  });
  if (metrics.includes('ConsumedQuantity')) selected.set(columnOf('unit'), KEY_SQL.unit);
  const split =
    groupBy.includes('ChargeCategory') || filterNames(question.filter, 'ChargeCategory');
  const condition = question.filter && toCondition(question.filter, table, parameters);
  return {
    sql: write({
      table,
      groups: [...span(question.granularity), ['currency_code', 'currency'], ...selected],
      values: [...amounts(metrics, split), ...carriedColumns(carried, selected)],
      split,
      conditions: condition === undefined ? [] : [condition],
    }),
    parameters: parameters.list(),
    period: clipPeriod(question.period, {
      oldest: addMonths(utcDay(now), -RETENTION_MONTHS),
      keeps: `This server reads the last ${RETENTION_MONTHS} months of the billing export`,
      now,
    }),
    metrics,
    tags,
  };
}

/** The column in which the query gives a key; a prefix keeps it apart from the export's own columns. */
export const columnOf = (key: Key | Carried): string => `v_${key}`;

/** The beginning of a charge's span; a total has one span, which needs no column. */
function span(granularity: CostQuestion['granularity']): Column[] {
  if (granularity === 'TOTAL') return [];
  const start = `TIMESTAMP_TRUNC(usage_start_time, ${granularity})`;
  return [['span', `FORMAT_TIMESTAMP('%Y-%m-%dT%H:00:00Z', ${start})`]];
}

function knownDimension(dimension: string, { hasResources }: ExportTable) {
  const known = findGcpDimension(dimension);
  if (dimension === 'ResourceId' && !hasResources) throw noResources('groupBy');
  if (known) return known;
  throw new ToolError(
    'UNSUPPORTED',
    `The billing export cannot be grouped by ${dimension}. Group by ${Object.keys(GCP_DIMENSIONS).join(', ')} or Tags:<key>.`,
    { field: 'groupBy' },
  );
}

type Column = readonly [name: string, sql: string];

function amounts(metrics: readonly GcpMetric[], split: boolean): Column[] {
  const cost = 'CAST(cost AS NUMERIC)';
  // Credits as charges of their own: a row stands for its cost once and for its credits once.
  const orZero = (sql: string) => (split ? `IF(${CREDIT}, 0, ${sql})` : sql);
  const billed = split ? `IF(${CREDIT}, ${CREDITS}, ${cost})` : `${cost} + IFNULL(${CREDITS}, 0)`;
  const sum = (sql: string) => `CAST(SUM(${sql}) AS STRING)`;
  return [
    ['billed', sum(billed)],
    ['missing', 'COUNT(*) - COUNT(cost)'],
    ...(metrics.includes('ListCost')
      ? ([
          ['listed', sum(orZero('CAST(cost_at_list AS NUMERIC)'))],
          ['unlisted', 'COUNT(*) - COUNT(cost_at_list)'],
        ] as const)
      : []),
    ...(metrics.includes('ConsumedQuantity')
      ? ([['quantity', sum(orZero('IFNULL(CAST(usage.amount AS NUMERIC), 0)'))]] as const)
      : []),
  ];
}

const carriedColumns = (carried: ReadonlySet<Carried>, selected: ReadonlyMap<string, string>) =>
  [...carried]
    .filter((name) => !selected.has(columnOf(name)))
    .map((name): Column => [columnOf(name), CARRIED_SQL[name]]);

function write({
  table,
  groups,
  values,
  split,
  conditions,
}: {
  table: ExportTable;
  groups: readonly Column[];
  values: readonly Column[];
  split: boolean;
  conditions: readonly string[];
}): string {
  const where = [
    'usage_start_time >= @from',
    'usage_start_time < @to',
    // What was loaded before the usage began cannot be about it; late rows come in any later load.
    ...(table.byLoadDay ? ['_PARTITIONTIME >= TIMESTAMP_SUB(@from, INTERVAL 1 DAY)'] : []),
    ...(split ? [`(NOT ${CREDIT} OR ARRAY_LENGTH(credits) > 0)`] : []),
    ...conditions,
  ];
  return [
    `SELECT ${[...groups, ...values].map(([name, sql]) => `${sql} AS ${name}`).join(', ')}`,
    `FROM ${fromSql(table)}${split ? ` CROSS JOIN UNNEST([FALSE, TRUE]) AS ${CREDIT}` : ''}`,
    `WHERE ${where.join(' AND ')}`,
    `GROUP BY ${groups.map((_column, i) => i + 1).join(', ')}`,
  ].join('\n');
}

/** The table as SQL names it; its parts come from the operator's own setting, whose form is checked at the start. */
export const fromSql = ({ projectId, datasetId, tableId }: ExportTable): string =>
  `\`${projectId}.${datasetId}.${tableId}\``;
