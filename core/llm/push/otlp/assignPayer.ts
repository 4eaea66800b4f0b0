import type { Provider } from '../../../contracts/scalars.ts';
import type { PushedCall } from '../pushedCall.ts';
import type { ReportedCall } from './reportedCall.ts';

/** A connection that may pay for calls. */
export interface Payer {
  id: string;
  provider: Provider;
}

/**
 * The call with the connection that pays for it: the one that it names itself, else the one of the request that is of its
 * provider; or why there is none.
 */
export function assignPayer(
  reported: ReportedCall,
  named: readonly Payer[],
  ofRequest: readonly Payer[],
): PushedCall | string {
  const { connectionId, provider, operation, ...call } = reported;
  const candidates =
    connectionId === '' ? ofRequest : named.filter((payer) => payer.id === connectionId);
  // Who does not say whose model it was leaves no choice.
  const payer =
    provider === '' && candidates.length === 1
      ? candidates[0]
      : candidates.find((candidate) => candidate.provider === provider);
  if (payer === undefined)
    return 'no connection of its gen_ai.provider.name in x-costguard-connection or costguard.connection';
  if (payer.provider !== 'openai' && payer.provider !== 'anthropic')
    return 'the connection is not one of OpenAI or Anthropic';
  return {
    ...call,
    connectionId: payer.id,
    provider: payer.provider,
    endpoint: endpointOf(payer.provider, operation),
  };
}

/** As the providers' own usage reports name it. */
function endpointOf(provider: PushedCall['provider'], operation: string): string {
  if (operation === 'embeddings') return 'embeddings';
  return provider === 'anthropic' ? 'messages' : 'completions';
}
