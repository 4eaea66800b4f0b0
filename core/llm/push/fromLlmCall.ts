import type { LlmCall } from '../../contracts/llmCall.ts';
import type { LlmMeter, LlmUnits } from '../meters.ts';
import { disjointUnits } from './disjointUnits.ts';
import type { PushedCall } from './pushedCall.ts';

/** A call as it was sent in JSON; undefined where its numbers contradict each other. */
export function fromLlmCall(
  call: LlmCall,
  provider: PushedCall['provider'],
): PushedCall | undefined {
  const units = call.tokens === undefined ? asTexts(call.units ?? {}) : disjointUnits(call.tokens);
  if (units === undefined) return undefined;
  return {
    connectionId: call.connectionId,
    provider,
    callId: call.callId,
    at: new Date(call.at),
    model: call.model,
    units,
    requests: 1,
    isSum: false,
    apiKeyId: call.apiKeyId ?? '',
    projectId: call.projectId ?? '',
    serviceTier: call.serviceTier ?? '',
    endpoint: call.endpoint ?? '',
    userTag: call.userTag ?? '',
  };
}

function asTexts(units: Partial<Record<LlmMeter, number | undefined>>): LlmUnits {
  const texts: LlmUnits = {};
  for (const [meter, amount] of Object.entries(units) as [LlmMeter, number | undefined][])
    if (amount !== undefined && amount > 0) texts[meter] = String(amount);
  return texts;
}
