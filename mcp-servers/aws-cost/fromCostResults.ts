import type { MetricValue, ResultByTime } from '@aws-sdk/client-cost-explorer';
import { z } from 'zod';
import type { Period } from '../../core/mcp/period.ts';
import { ExactDecimal } from '../../core/mcp/costRow.ts';
import { toDecimalString } from '../../core/money/money.ts';
import { providerText } from '../kit/providerText.ts';
import { addDays } from '../../core/time/day.ts';
import { addMonths } from '../../core/time/month.ts';
import { answerInvalid } from '../kit/answerInvalid.ts';
import { AWS_METRICS, type AwsMetric } from './metrics.ts';
import type { CostRequest } from './toCostRequest.ts';

/** One amount with its unit: a currency for costs, a unit of measure for quantities. */
export interface Amount {
  amount: string;
  unit: string;
}

/** What Cost Explorer says of one group in one span of time. */
export interface CostCell {
  /** Start and end of the span, ISO 8601 UTC. */
  start: string;
  end: string;
  estimated: boolean;
  /** Values in the order of the request's GroupBy; empty when it had none. */
  keys: string[];
  amounts: Partial<Record<AwsMetric, Amount>>;
}

/**
 * Checks an answer and flattens it: every span asked for is there and no other, every group has its keys, every amount is
 * a decimal number with a unit. Hours may be missing, since Cost Explorer leaves out those without data.
 *
 * @throws ToolError `UPSTREAM_FAILED` when the answer does not hold
 */
export function fromCostResults(
  results: readonly ResultByTime[],
  query: Pick<CostRequest, 'request' | 'period' | 'span' | 'metrics'>,
): CostCell[] {
  const keyCount = query.request.GroupBy?.length ?? 0;
  const expected = expectedSpans(query.period, query.span);
  const found = new Set<string>();
  const cells = results.flatMap((result) => {
    const start = toInstant(result.TimePeriod?.Start);
    const end = toInstant(result.TimePeriod?.End);
    if (expected.get(start) !== end) throw otherDates();
    found.add(start);
    const frame = { start, end, estimated: result.Estimated ?? false };
    if (keyCount === 0) {
      return [{ ...frame, keys: [], amounts: toAmounts(result.Total, query.metrics) }];
    }
    return (result.Groups ?? []).map(({ Keys = [], Metrics }) => {
      if (Keys.length !== keyCount) throw answerInvalid('AWS left out the names of a group.');
      return {
        ...frame,
        keys: Keys.map(providerText),
        amounts: toAmounts(Metrics, query.metrics),
      };
    });
  });
  if (query.span !== 'HOUR' && found.size !== expected.size) throw otherDates();
  return cells;
}

const otherDates = () => answerInvalid('AWS answered for other dates than those asked for.');

function toInstant(text: string | undefined): string {
  const day = z.iso.date().safeParse(text);
  if (day.success) return `${day.data}T00:00:00Z`;
  const instant = z.iso.datetime().safeParse(text);
  if (!instant.success) throw otherDates();
  return instant.data.replace('.000Z', 'Z');
}

function toAmounts(
  values: Record<string, MetricValue> | undefined,
  metrics: readonly AwsMetric[],
): CostCell['amounts'] {
  return Object.fromEntries(
    metrics.map((metric) => {
      const value = values?.[AWS_METRICS[metric]];
      if (value?.Amount === undefined || value.Unit === undefined || value.Unit === '') {
        throw answerInvalid('AWS left out an amount or its unit.');
      }
      return [metric, { amount: toAmount(value.Amount), unit: providerText(value.Unit) }];
    }),
  );
}

function toAmount(text: string): string {
  try {
    return ExactDecimal.parse(toDecimalString(text));
  } catch {
    throw answerInvalid('AWS gave an amount that is not a decimal number.');
  }
}

/** End by start of every span that the period has. */
function expectedSpans(period: Period, granularity: CostRequest['span']): Map<string, string> {
  const spans = new Map<string, string>();
  const instant = (day: string, hour = 0) => `${day}T${String(hour).padStart(2, '0')}:00:00Z`;
  for (let day = period.start; day < period.end;) {
    const after = granularity === 'MONTH' ? addMonths(day, 1) : addDays(day, 1);
    const next = after < period.end ? after : period.end;
    if (granularity === 'HOUR') {
      for (let hour = 0; hour < 23; hour += 1)
        spans.set(instant(day, hour), instant(day, hour + 1));
      spans.set(instant(day, 23), instant(next));
    } else {
      spans.set(instant(day), instant(next));
    }
    day = next;
  }
  return spans;
}
