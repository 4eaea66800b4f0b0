import { z } from 'zod';
import { ToolError } from '../../core/mcp/toolError.ts';
import type { CallBudget } from '../kit/callBudget.ts';
import { answerInvalid, parseAnswer } from '../kit/answerInvalid.ts';
import type { CountedCall } from '../kit/costs/countedCall.ts';
import { toInstant } from './toInstant.ts';
import type { Bucket, BucketWidth, LlmCell, LlmProvider, ReportRequest } from './llmProvider.ts';
import { notPromised } from './notPromised.ts';
import { sendToProvider } from './sendToProvider.ts';

const Page = z.object({
  data: z.array(z.unknown()),
  has_more: z.boolean(),
  next_page: z.string().min(1).nullish(),
});

const WIDTH_MS = {
  '1m': 60_000,
  '1h': 3_600_000,
  '1d': 86_400_000,
} as const satisfies Record<BucketWidth, number>;

/**
 * All pages of a report. Every bucket lies in the span asked for, on the bounds of its width, and comes once; buckets
 * without anything may be missing.
 *
 * @throws ToolError `UPSTREAM_FAILED` when the answer does not hold its pages would never end,
 *   or it has forgotten one; else as `sendToProvider`
 */
export async function readReport(
  provider: LlmProvider,
  request: ReportRequest,
  call: CountedCall,
  budget: CallBudget,
): Promise<LlmCell[]> {
  const cells: LlmCell[] = [];
  const starts = new Set<string>();
  const tokens = new Set<string>();
  for (let page: string | undefined, more = true; more;) {
    const params = [...request.params, ...(page === undefined ? [] : [['page', page] as const])];
    const answer = await sendToProvider(provider, { ...request, params }, call, budget).catch(
      (error: unknown) => {
        throw page === undefined ? error : fromPageError(error, provider);
      },
    );
    const { data, has_more, next_page } = parseAnswer(Page, answer, notPromised(provider));
    for (const entry of data) {
      const bucket = checkBucket(provider.toBucket(entry), request, starts, provider);
      cells.push(...bucket.results.flatMap((result) => request.toCells(result, bucket)));
    }
    page = has_more ? nextPage(next_page, tokens, provider) : undefined;
    more = has_more;
  }
  return cells;
}

/** A page that the provider named itself and now refuses is stale, and not what was asked: asked anew it is there. */
function fromPageError(error: unknown, { name }: LlmProvider): unknown {
  if (!(error instanceof ToolError) || error.meta.code !== 'INVALID_ARGUMENT') return error;
  return new ToolError(
    'UPSTREAM_FAILED',
    `${name} no longer knows the page that it named itself. Call again: the report is then read from its first page.`,
    { retryable: true, cause: error },
  );
}

function nextPage(
  token: string | null | undefined,
  seen: Set<string>,
  { name }: LlmProvider,
): string {
  if (token == null) throw answerInvalid(`${name} said that there is more, but not where.`);
  if (seen.has(token)) {
    throw answerInvalid(`${name} gave the same page twice, so its pages would never end.`);
  }
  seen.add(token);
  return token;
}

function checkBucket(
  { start, end, results }: Bucket,
  { query }: ReportRequest,
  seen: Set<string>,
  { name }: LlmProvider,
): Bucket {
  const width = WIDTH_MS[query.width];
  const time = Date.parse(start);
  // The bucket that is not over yet may end now.
  const fits = Date.parse(end) > time && Date.parse(end) <= time + width;
  if (time % width !== 0 || !fits || start < query.from || start >= query.to) {
    throw answerInvalid(`${name} answered for other times than those asked for.`);
  }
  if (seen.has(start)) throw answerInvalid(`${name} gave the same span of time twice.`);
  seen.add(start);
  return { start, end: toInstant(time + width), results };
}
