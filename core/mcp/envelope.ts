import { z } from 'zod';
import { CostSum, ExactDecimal } from './costRow.ts';
import { TOOL_ERRORS, type ToolErrorCode } from './toolError.ts';

/** How one connection answered; a failure of one is seen here and does not hide the others. */
export const SourceStatus = z.object({
  connectionId: z.string().describe('Connection'),
  status: z.enum(['ok', 'stale', 'failed']).describe('stale: from cache, older than asked'),
  error: z
    .enum(Object.keys(TOOL_ERRORS) as [ToolErrorCode, ...ToolErrorCode[]])
    .optional()
    .describe('Why it failed'),
  permission: z.string().optional().describe('Missing permission'),
});

/** How one connection answered. */
export type SourceStatus = z.infer<typeof SourceStatus>;

/** What answering cost. */
export const CallCost = z.object({
  upstreamCalls: z.int().nonnegative().describe('Paid requests made'),
  cacheHits: z.int().nonnegative().describe('Answers from cache'),
  usd: ExactDecimal.describe('Price of the requests, exact decimal'),
  budgetLeft: z.int().nonnegative().describe('Paid requests left today'),
  bytesScanned: z.int().nonnegative().optional().describe('Bytes scanned'),
});

/** What answering cost. */
export type CallCost = z.infer<typeof CallCost>;

/** The part of the envelope that every listing has. */
export const ListEnvelope = {
  nextCursor: z
    .string()
    .optional()
    .describe('Pass as cursor for the next page; absent on the last'),
  truncated: z.boolean().describe('Not all rows are on this page'),
  dataAsOf: z.iso.datetime().describe('When the provider was asked'),
  sources: z.array(SourceStatus).describe('How each connection answered'),
  cost: CallCost.describe('What this call cost'),
  notes: z.array(z.string()).describe('What to know about this result'),
};

const Days = z.object({
  start: z.iso.date().describe('First UTC day'),
  end: z.iso.date().describe('Day after the last'),
});

/** The part of the envelope that every result with costs has. `Total` is the whole query's, whatever the page holds. */
export const CostEnvelope = {
  Total: z.array(CostSum).describe('All rows of the query, for each currency'),
  Remainder: z
    .array(CostSum)
    .describe('Rows not on this page, for each currency: rows + Remainder = Total'),
  ...ListEnvelope,
  period: z
    .object({ requested: Days.describe('Asked'), actual: Days.describe('Answered') })
    .describe('Period asked and answered'),
  provisionalFrom: z.iso
    .date()
    .nullable()
    .describe('From this day on amounts may still be restated; null: all final'),
  currencies: z.array(z.string()).describe('Currencies present; never summed across'),
};
