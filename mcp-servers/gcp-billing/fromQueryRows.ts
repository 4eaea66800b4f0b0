import { z } from 'zod';
import { ExactDecimal } from '../../core/mcp/costRow.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import { toDecimalString } from '../../core/money/money.ts';
import { addDays } from '../../core/time/day.ts';
import { addMonths } from '../../core/time/month.ts';
import { answerInvalid, parseAnswer } from '../kit/answerInvalid.ts';
import type { CostQuestion } from '../kit/costs/costSource.ts';
import { providerText } from '../kit/providerText.ts';
import type { GcpMetric } from './metrics.ts';
import type { QueryRow } from './runQuery.ts';
import type { CostQuery } from './toCostQuery.ts';

/** What the export says of one group in one span of time. */
export interface CostCell {
  /** Start and end of the span, ISO 8601 UTC. */
  start: string;
  end: string;
  currency: string;
  /** Those that the query asked for; the others are 0. */
  amounts: Readonly<Record<GcpMetric, string>>;
  /** The query's columns of grouped and carried values. */
  values: Readonly<Record<string, string | null>>;
}

const Amount = z.string().transform(toDecimalString).pipe(ExactDecimal);
const Count = z.string().regex(/^\d+$/).transform(Number);
const Row = z.object({
  span: z.iso.datetime(),
  currency_code: z.string().regex(/^[A-Z]{3}$/),
  billed: Amount,
  missing: Count,
  listed: Amount.nullable().optional(),
  unlisted: Count.optional(),
  quantity: Amount.optional(),
});
const HOUR_MS = 3_600_000;

/**
 * Checks rows of results: each lies in the period that was asked for, has a currency and every amount.
 *
 * @throws ToolError `UPSTREAM_FAILED` when the answer does not hold, `UNSUPPORTED` for list costs that the export lacks
 */
export function fromQueryRows(
  rows: readonly QueryRow[],
  { metrics, period }: Pick<CostQuery, 'metrics' | 'period'>,
  granularity: CostQuestion['granularity'],
): CostCell[] {
  return rows.map((row) => {
    const {
      span,
      currency_code: currency,
      ...amounts
    } = parseAnswer(
      Row,
      // A total has one span, which begins with the period.
      granularity === 'TOTAL' ? { ...row, span: instant(period.start) } : row,
      'The billing export has a charge without an amount, a currency or a time.',
    );
    if (amounts.missing > 0) {
      throw answerInvalid('The billing export has a charge without an amount.');
    }
    if (metrics.includes('ListCost') && (amounts.unlisted ?? 0) > 0) throw noListCost();
    return {
      ...toSpan(span, granularity, period),
      currency,
      amounts: {
        BilledCost: amounts.billed,
        EffectiveCost: amounts.billed,
        ListCost: amounts.listed ?? '0',
        ConsumedQuantity: amounts.quantity ?? '0',
      },
      values: Object.fromEntries(
        Object.entries(row)
          .filter(([name]) => /^(v_|tag)/.test(name))
          .map(([name, value]) => [name, value === null ? null : shown(name, value)]),
      ),
    };
  });
}

// Labels are JSON, which must stay whole; its parts are cleaned where they are read.
const shown = (name: string, value: string): string =>
  name === 'v_labels' ? value : providerText(value);

/** The span that begins at an instant, cut at the ends of the period. */
function toSpan(
  start: string,
  granularity: CostQuestion['granularity'],
  period: CostQuery['period'],
): Pick<CostCell, 'start' | 'end'> {
  const [from, to] = [instant(period.start), instant(period.end)];
  const day = start.slice(0, 10);
  const next = {
    HOUR: () => toInstant(new Date(Date.parse(start) + HOUR_MS)),
    DAY: () => instant(addDays(day, 1)),
    MONTH: () => instant(addMonths(day, 1)),
    TOTAL: () => to,
  }[granularity]();
  const span = { start: start < from ? from : start, end: next > to ? to : next };
  if (span.start >= span.end) {
    throw answerInvalid('BigQuery answered for other dates than those asked for.');
  }
  return span;
}

const instant = (day: string): string => `${day}T00:00:00Z`;
const toInstant = (date: Date): string => date.toISOString().replace('.000Z', 'Z');

const noListCost = (): ToolError =>
  new ToolError(
    'UNSUPPORTED',
    'Some charges of this period have no list cost in the export: older ones, or those that Google does not price by list. Ask for a later period, or filter by ChargeCategory Usage.',
    { field: 'metrics' },
  );
