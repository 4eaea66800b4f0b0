import { z } from 'zod';
import type { CallBudget } from '../kit/callBudget.ts';
import { answerInvalid, parseAnswer } from '../kit/answerInvalid.ts';
import type { CountedCall } from '../kit/costs/countedCall.ts';
import type { ListRequest, LlmProvider } from './llmProvider.ts';
import { notPromised } from './notPromised.ts';
import { sendToProvider } from './sendToProvider.ts';

const Page = z.object({
  data: z.array(z.unknown()),
  has_more: z.boolean(),
  last_id: z.string().min(1).nullish(),
});

/**
 * All entries of a list, page by page; both providers ask for the next by the last id of a page.
 *
 * @throws ToolError `UPSTREAM_FAILED` when the answer does not hold or its pages would never end; else as `sendToProvider`
 */
export async function readList<Entry>(
  provider: LlmProvider,
  request: ListRequest<Entry>,
  call: CountedCall,
  budget: CallBudget,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  const seen = new Set<string>();
  for (let after: string | undefined, more = true; more;) {
    const params = [
      ...request.params,
      ...(after === undefined ? [] : [[request.after, after] as const]),
    ];
    const answer = await sendToProvider(provider, { ...request, params }, call, budget);
    const { data, has_more, last_id } = parseAnswer(Page, answer, notPromised(provider));
    entries.push(...data.map(request.toEntry));
    if (has_more && (last_id == null || seen.has(last_id))) {
      throw answerInvalid(
        `${provider.name} gave a page that leads nowhere, so its pages would never end.`,
      );
    }
    after = last_id ?? undefined;
    if (after !== undefined) seen.add(after);
    more = has_more;
  }
  return entries;
}
