import type { CallBudget } from '../kit/callBudget.ts';
import { sendCounted, type CountedCall } from '../kit/costs/countedCall.ts';
import { fromLlmError } from './fromLlmError.ts';
import { getJson } from './getJson.ts';
import type { LlmProvider } from './llmProvider.ts';
import { requestUrl, type ProviderRequest } from './requestUrl.ts';

/**
 * The JSON that a provider answers to one counted GET request; nothing is sent twice.
 *
 * @throws ToolError as `fromLlmError` and `sendCounted` say
 */
export const sendToProvider = (
  provider: LlmProvider,
  request: ProviderRequest,
  call: CountedCall,
  budget: CallBudget,
): Promise<unknown> =>
  sendCounted(call, budget, {
    operation: `GET ${request.path}`,
    send: (signal) =>
      getJson({ url: requestUrl(provider, request), headers: provider.headers, signal }),
    toError: (error) => fromLlmError(error, provider, request.permission),
  });
