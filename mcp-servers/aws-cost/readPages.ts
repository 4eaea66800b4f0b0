import type { CallBudget } from '../kit/callBudget.ts';
import { answerInvalid } from '../kit/answerInvalid.ts';
import { sendPaid, type PaidCall } from './paidCalls.ts';

interface PageReply {
  $metadata: { attempts?: number };
  NextPageToken?: string | undefined;
}

/**
 * Reads all pages of a Cost Explorer operation, each of which is a paid request. `send` asks for the page of a token,
 * `take` gets what came.
 *
 * @throws ToolError `UPSTREAM_FAILED` when a page token comes twice, which would go on for ever; else as `sendPaid`
 */
export async function readPages<Reply extends PageReply>(
  call: PaidCall,
  budget: CallBudget,
  send: (page: { NextPageToken?: string }, options: { abortSignal: AbortSignal }) => Promise<Reply>,
  take: (reply: Reply) => void,
): Promise<void> {
  const seen = new Set<string>();
  let token = '';
  do {
    const page = token === '' ? {} : { NextPageToken: token };
    const reply = await sendPaid(call, budget, (options) => send(page, options));
    take(reply);
    token = reply.NextPageToken ?? '';
    if (seen.has(token)) {
      throw answerInvalid('AWS gave the same page token twice, so its pages would never end.');
    }
    seen.add(token);
  } while (token !== '');
}
