import type { z } from 'zod';
import type { CostEnvelope } from '../../core/mcp/envelope.ts';
import type { Period } from '../../core/mcp/period.ts';
import { createCallMeter } from '../kit/callMeter.ts';
import type { CostAnswer } from '../kit/costPage.ts';
import type { ToolCall } from '../kit/defineTool.ts';
import { toSourceStatus, type AwsSource, type SourceCall } from './awsSource.ts';
import { connectionOf } from './connectionOf.ts';
import { costsTtlMs, provisionalFrom } from './freshness.ts';
import type { Costs } from './readCosts.ts';
import type { CostRequest } from './toCostRequest.ts';

/** A cost request with its answer. */
export interface AskedCosts {
  asked: CostRequest;
  costs: Costs;
  asOf: Date;
  stale: boolean;
  call: SourceCall;
}

/** A call of the source for one tool call, with a meter at zero. */
export function toSourceCall(
  input: {
    connectionId?: string | undefined;
    connectionIds?: readonly string[] | undefined;
    maxAgeSeconds?: number | undefined;
  },
  { signal, progress }: ToolCall,
): SourceCall {
  const single = input.connectionId === undefined ? undefined : [input.connectionId];
  return {
    connectionId: connectionOf(single ?? input.connectionIds),
    meter: createCallMeter(),
    signal,
    progress,
    maxAgeMs: input.maxAgeSeconds === undefined ? undefined : input.maxAgeSeconds * 1000,
  };
}

/** Asks for costs, trusting an answer as long as its days allow. @throws ToolError as `AwsSource.costs` */
export async function askCosts(
  source: AwsSource,
  asked: CostRequest,
  call: SourceCall,
  now: () => Date,
): Promise<AskedCosts> {
  const answer = await source.costs(asked, call, ({ cells }) =>
    costsTtlMs(cells, asked.period, now()),
  );
  return { asked, costs: answer.value, asOf: answer.asOf, stale: answer.stale, call };
}

type Envelope = { [Key in keyof typeof CostEnvelope]: z.input<(typeof CostEnvelope)[Key]> };

/** The envelope of a cost result, without what depends on the page. */
export function toCostEnvelope(
  source: AwsSource,
  { asked, costs, asOf, stale, call }: AskedCosts,
  answer: CostAnswer,
  requested: Period,
  now: Date,
): Omit<Envelope, 'Total' | 'Remainder' | 'truncated'> {
  return {
    dataAsOf: asOf.toISOString(),
    sources: [toSourceStatus(call.connectionId, stale)],
    cost: source.cost(call),
    period: { requested, actual: asked.period },
    provisionalFrom: provisionalFrom(costs.cells, asked.period, now),
    currencies: answer.totals.map(({ BillingCurrency }) => BillingCurrency),
    notes: costNotes({ asked: asked.period, requested, stale, empty: answer.rows.length === 0 }),
  };
}

/** What a reader should know of a cost result. */
export function costNotes(about: {
  asked: Period;
  requested: Period;
  stale: boolean;
  empty: boolean;
}): string[] {
  const notes: string[] = [];
  if (about.asked.end !== about.requested.end) {
    notes.push(`The period was cut at ${about.asked.end}: there are no costs of days to come.`);
  }
  if (about.stale) {
    notes.push('Today’s budget of paid requests is used up, so this answer is an older one.');
  }
  if (about.empty) {
    notes.push(
      'No costs match. Check the filter’s values with a query that groups by the same dimension, or take a longer period.',
    );
  }
  return notes;
}
