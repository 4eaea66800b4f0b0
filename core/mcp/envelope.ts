import { z } from 'zod';
import { brief, unlisted } from './brief.ts';
import { CostSum, ExactDecimal } from './costRow.ts';
import { TOOL_ERRORS, type ToolErrorCode } from './toolError.ts';

/** How one connection answered; a failure of one is seen here and does not hide the others. */
export const SourceStatus = brief(
  z.object({
    connectionId: z.string().describe('Connection'),
    status: z.enum(['ok', 'stale', 'failed']).describe('stale: from cache, older than asked'),
    error: z
      .enum(Object.keys(TOOL_ERRORS) as [ToolErrorCode, ...ToolErrorCode[]])
      .optional()
      .describe('Why it failed'),
    permission: z.string().optional().describe('Missing permission'),
  }),
  'connectionId, status ok|stale|failed, error?, permission?',
);

/** How one connection answered. */
export type SourceStatus = z.infer<typeof SourceStatus>;

/** What answering cost. */
export const CallCost = brief(
  z.object({
    upstreamCalls: z.int().nonnegative().describe('Paid requests made'),
    cacheHits: z.int().nonnegative().describe('Answers from cache'),
    usd: ExactDecimal.describe('Price of the requests, exact decimal'),
    budgetLeft: z.int().nonnegative().describe('Paid requests left today'),
    bytesScanned: z.int().nonnegative().optional().describe('Bytes scanned'),
  }),
  'Paid upstreamCalls, cacheHits, usd, budgetLeft today',
);

/** What answering cost. */
export type CallCost = z.infer<typeof CallCost>;

/** The part of the envelope that every answer has. */
export const AnswerEnvelope = {
  truncated: unlisted(z.boolean(), 'Rows are missing here'),
  dataAsOf: unlisted(z.iso.datetime(), 'When the provider was asked'),
  sources: unlisted(z.array(SourceStatus), 'How each connection answered'),
  cost: CallCost,
  notes: unlisted(z.array(z.string()), 'What to know of this result'),
};

/** What a result that comes in pages has besides. */
export const PageEnvelope = {
  nextCursor: z.string().optional().describe('Cursor of the next page'),
};

const Days = z.object({
  start: z.iso.date().describe('First UTC day'),
  end: z.iso.date().describe('Day after the last'),
});

/** The part of the envelope that every result with costs has. `Total` is the whole query's, whatever the page holds. */
export const CostEnvelope = {
  Total: brief(z.array(CostSum), 'All rows by currency: BillingCurrency, count, cost metrics'),
  Remainder: brief(z.array(CostSum), 'Rows not here: rows + Remainder = Total'),
  ...AnswerEnvelope,
  period: unlisted(
    z.object({ requested: Days.describe('Asked'), actual: Days.describe('Answered') }),
    'Period asked and answered',
  ),
  provisionalFrom: unlisted(
    z.iso.date().nullable(),
    'First day that may still be restated; null: all final',
  ),
  currencies: unlisted(z.array(z.string()), 'Currencies present; never summed across'),
};
