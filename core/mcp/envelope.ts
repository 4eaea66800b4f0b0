import { z } from 'zod';
import { brief } from './brief.ts';
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
  'Paid upstreamCalls, cacheHits, usd, budgetLeft today, bytesScanned?',
);

/** What answering cost. */
export type CallCost = z.infer<typeof CallCost>;

/** The part of the envelope that every listing has. */
export const ListEnvelope = {
  nextCursor: z.string().optional().describe('Cursor of the next page'),
  truncated: z.boolean().describe('Rows are missing here'),
  dataAsOf: z.iso.datetime().describe('When the provider was asked'),
  sources: z.array(SourceStatus).describe('How each answered'),
  cost: CallCost,
  notes: z.array(z.string()).describe('What to know'),
};

const Days = z.object({
  start: z.iso.date().describe('First UTC day'),
  end: z.iso.date().describe('Day after the last'),
});

/** The part of the envelope that every result with costs has. `Total` is the whole query's, whatever the page holds. */
export const CostEnvelope = {
  Total: z.array(CostSum).describe('All rows of the query, by currency'),
  Remainder: z.array(CostSum).describe('Rows not here: rows + Remainder = Total'),
  ...ListEnvelope,
  period: brief(
    z.object({ requested: Days.describe('Asked'), actual: Days.describe('Answered') }),
    'requested and actual {start, end}',
  ),
  provisionalFrom: z.iso
    .date()
    .nullable()
    .describe('First day that may be restated; null: all final'),
  currencies: z.array(z.string()).describe('Never summed across'),
};
