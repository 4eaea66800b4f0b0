import { z } from 'zod';
import { ExactDecimal } from '../../core/mcp/costRow.ts';
import { toDecimalString } from '../../core/money/money.ts';
import { addDays } from '../../core/time/day.ts';
import { addMonths, firstOfMonth } from '../../core/time/month.ts';
import { answerInvalid } from '../kit/answerInvalid.ts';
import { providerText } from '../kit/providerText.ts';
import type { AzureGrouping } from './dimensions.ts';
import type { CostRequest } from './toCostRequests.ts';

/** What Azure says of one group in one span of time. */
export interface CostCell {
  /** First day of the span, and the day after its last. */
  start: string;
  end: string;
  /** Values in the order of the request's groupings. */
  keys: string[];
  /** Exact decimal in `currency`. */
  cost: string;
  currency: string;
  quantity?: string;
}

/** A page of an answer, numbers as text. */
export const QueryPage = z.object({
  columns: z.array(z.object({ name: z.string() })),
  rows: z.array(z.array(z.string().nullable())),
  nextLink: z.string().nullish(),
});

/** A page of an answer. */
export type QueryPage = z.infer<typeof QueryPage>;

const COST = 'totalCost';
const QUANTITY = 'totalQuantity';

/** How the amounts of a request are called, and what they are made of. */
export const AGGREGATIONS = { [COST]: 'Cost', [QUANTITY]: 'UsageQuantity' } as const;

/**
 * Checks a page and reads its rows, columns by name: every row has its amount, its currency and its groups, and lies in the
 * window that was asked for.
 *
 * @throws ToolError `UPSTREAM_FAILED` when the answer does not hold
 */
export function fromQueryPage({ columns, rows }: QueryPage, request: CostRequest): CostCell[] {
  if (rows.length === 0) return [];
  const names = columns.map(({ name }) => name.toLowerCase());
  const column = (...possible: string[]): ((row: QueryPage['rows'][number]) => string | null) => {
    const at = names.findIndex((name) => possible.some((p) => p.toLowerCase() === name));
    if (at === -1) throw answerInvalid(`Azure left out the column ${possible.join(' or ')}.`);
    return (row) => row[at] ?? null;
  };
  const cost = column(AGGREGATIONS[COST], COST);
  const currency = column('Currency');
  const quantity = request.withQuantity ? column(AGGREGATIONS[QUANTITY], QUANTITY) : undefined;
  const keys = request.groupings.map((grouping) => column(...columnsOf(grouping)));
  const span = spanReader(request, column);
  return rows.map((row) => ({
    ...span(row),
    keys: keys.map((key) => providerText(key(row) ?? '')),
    cost: toAmount(cost(row)),
    currency: toCurrency(currency(row)),
    ...(quantity ? { quantity: toAmount(quantity(row)) } : {}),
  }));
}

// Grouped by a tag, the value's column is called so or like the tag.
const columnsOf = ({ type, name }: AzureGrouping): string[] =>
  type === 'TagKey' ? ['TagValue', name] : [name];

type Column = (...names: string[]) => (row: QueryPage['rows'][number]) => string | null;

function spanReader(
  { span, window }: CostRequest,
  column: Column,
): (row: QueryPage['rows'][number]) => { start: string; end: string } {
  if (span === 'TOTAL') return () => window;
  const day = span === 'DAY' ? column('UsageDate') : column('BillingMonth');
  return (row) => {
    const date = toDay(day(row) ?? '');
    const isInside =
      span === 'DAY'
        ? date >= window.start && date < window.end
        : date === firstOfMonth(date) && date >= firstOfMonth(window.start) && date < window.end;
    if (!isInside) throw otherDates();
    if (span === 'DAY') return { start: date, end: addDays(date, 1) };
    const next = addMonths(date, 1);
    return {
      start: date > window.start ? date : window.start,
      end: next < window.end ? next : window.end,
    };
  };
}

const otherDates = () => answerInvalid('Azure answered for other dates than those asked for.');

/** `20260131`, `2026-01-31` or `2026-01-31T00:00:00` as a day. */
function toDay(text: string): string {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})(?:T00:00:00.*)?$/.exec(text) ?? [];
  const date = z.iso.date().safeParse(`${year}-${month}-${day}`);
  if (!date.success) throw otherDates();
  return date.data;
}

function toAmount(text: string | null): string {
  try {
    return ExactDecimal.parse(toDecimalString(text ?? ''));
  } catch {
    throw answerInvalid('Azure left out an amount, or gave one that is not a decimal number.');
  }
}

function toCurrency(text: string | null): string {
  if (text === null || !/^[A-Za-z]{3}$/.test(text)) {
    throw answerInvalid('Azure left out the currency of an amount.');
  }
  return text.toUpperCase();
}
