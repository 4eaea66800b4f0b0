import type { CostRow } from '../../core/mcp/costRow.ts';
import { sumDecimals } from '../../core/money/money.ts';
import { addDays } from '../../core/time/day.ts';
import { addMonths, firstOfMonth } from '../../core/time/month.ts';
import type { CostQuestion } from '../kit/costs/costSource.ts';
import { pinnedColumns } from '../kit/costs/pinnedColumns.ts';
import { judgeFilter } from './judgeFilter.ts';
import type { LlmCell, LlmProvider } from './llmProvider.ts';
import type { PlannedQuery } from './toReportQuery.ts';
import { toInstant } from './toInstant.ts';

/** Rows and the names of those of their columns that follow from others. */
export interface LlmRows {
  rows: CostRow[];
  derivedColumns: string[];
}

const HOUR_MS = 3_600_000;
const ALWAYS = ['ServiceName', 'ServiceCategory', 'ChargeCategory'];

/**
 * FOCUS rows of a report's cells: those that the filter lets through, those that fall into one row added up exactly.
 * Different currencies and different units are different rows, and so are kinds of tokens in a usage report, whose prices
 * differ. With `byResource` the resource is the API key.
 */
export function toLlmRows(
  cells: readonly LlmCell[],
  question: CostQuestion,
  query: PlannedQuery,
  provider: LlmProvider,
): LlmRows {
  const { shown, derivedColumns } = columnsOf(question, query, provider);
  const groups = new Map<string, { row: CostRow; cells: LlmCell[] }>();
  for (const cell of cells) {
    if (query.filter && judgeFilter(query.filter, valueReader(cell)) !== 'always') continue;
    const row = toRow(cell, question, query, provider, shown);
    const key = JSON.stringify(row);
    const known = groups.get(key);
    if (known) known.cells.push(cell);
    else groups.set(key, { row, cells: [cell] });
  }
  return { rows: [...groups.values()].map((group) => addUp(group, question)), derivedColumns };
}

const valueReader = (cell: LlmCell) => (dimension: string) => [cell.columns[dimension] ?? ''];

function columnsOf(
  { groupBy, byResource = false }: CostQuestion,
  { report, filter }: PlannedQuery,
  provider: LlmProvider,
): { shown: string[]; derivedColumns: string[] } {
  const asked = byResource ? ['x_ApiKeyId'] : [...groupBy];
  const pinned = Object.keys(pinnedColumns(filter, () => true));
  const derived = [
    ...ALWAYS,
    ...(report === 'usage' ? ['x_TokenType'] : []),
    ...asked.flatMap((dimension) => provider.dimensions[report][dimension]?.derives ?? []),
  ];
  const known = new Set([...asked, ...pinned]);
  const derivedColumns = [...new Set(derived)].filter((column) => !known.has(column));
  return { shown: [...known, ...derivedColumns], derivedColumns };
}

function toRow(
  cell: LlmCell,
  question: CostQuestion,
  { period }: PlannedQuery,
  { id, name }: LlmProvider,
  shown: readonly string[],
): CostRow {
  const { x_ApiKeyId: key = null, ...columns } = Object.fromEntries(
    shown.map((column) => [column, cell.columns[column] ?? null]),
  );
  const withUnit = question.metrics.includes('ConsumedQuantity') && cell.quantity !== undefined;
  const keyColumns = shown.includes('x_ApiKeyId') ? { x_ApiKeyId: key } : {};
  const resource =
    question.byResource === true
      ? { ResourceId: key, ResourceType: key === null ? null : `${id}/api_key` }
      : {};
  return {
    ...rowSpan(cell, question, period),
    ProviderName: name,
    BillingCurrency: cell.currency,
    ...columns,
    ...keyColumns,
    ...resource,
    ...(withUnit ? { ConsumedUnit: cell.quantity?.unit ?? null } : {}),
  };
}

type RowSpan = Pick<CostRow, 'ChargePeriodStart' | 'ChargePeriodEnd'>;

function rowSpan(
  { start, end }: LlmCell,
  { granularity, groupBy }: CostQuestion,
  period: PlannedQuery['period'],
): RowSpan {
  const day = start.slice(0, 10);
  switch (granularity) {
    case 'HOUR': {
      // Minutes are rows of their own only where they are asked for; else they make up their hour.
      if (groupBy.includes('x_Minute')) return toSpan(start, end);
      const hour = Math.floor(Date.parse(start) / HOUR_MS) * HOUR_MS;
      return toSpan(toInstant(hour), toInstant(hour + HOUR_MS));
    }
    case 'DAY':
      return daySpan(day, addDays(day, 1));
    case 'MONTH': {
      const first = firstOfMonth(day);
      const next = addMonths(first, 1);
      return daySpan(
        first > period.start ? first : period.start,
        next < period.end ? next : period.end,
      );
    }
    case 'TOTAL':
      return daySpan(period.start, period.end);
  }
}

const toSpan = (start: string, end: string): RowSpan => ({
  ChargePeriodStart: start,
  ChargePeriodEnd: end,
});

const daySpan = (start: string, end: string): RowSpan =>
  toSpan(`${start}T00:00:00Z`, `${end}T00:00:00Z`);

function addUp(
  { row, cells }: { row: CostRow; cells: LlmCell[] },
  { metrics }: CostQuestion,
): CostRow {
  return {
    ...row,
    ...(metrics.includes('BilledCost')
      ? { BilledCost: sumDecimals(cells.map(({ cost = '0' }) => cost)) }
      : {}),
    ...('ConsumedUnit' in row
      ? { ConsumedQuantity: sumDecimals(cells.map(({ quantity }) => quantity?.amount ?? '0')) }
      : {}),
  };
}
