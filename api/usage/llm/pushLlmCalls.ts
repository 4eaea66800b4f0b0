import type { LlmCall } from '../../../core/contracts/llmCall.ts';
import { LlmPush, LlmPushReply } from '../../../core/contracts/llmCall.ts';
import type { Provider } from '../../../core/contracts/scalars.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { fromLlmCall } from '../../../core/llm/push/fromLlmCall.ts';
import { notFound } from '../../../core/notFound.ts';
import { defineRoute } from '../../http/route.ts';
import { acceptCalls } from './acceptCalls.ts';
import { touchesCalls } from '../../teams/touches.ts';

/** Takes calls of language models as a gateway or an SDK made them; each counts once, by its `callId`. */
export const pushLlmCalls = defineRoute({
  method: 'post',
  path: '/api/v1/usage/llm',
  summary: 'Report calls of language models, one or up to 1,000',
  tag: 'Usage',
  access: { scope: 'usage:write' },
  body: LlmPush,
  reach: touchesCalls,
  replies: { 200: LlmPushReply },
  errors: ['connection_not_found', 'unsupported', 'too_many_requests'],
  handle: async (context) => {
    const { body } = context;
    const sent = 'calls' in body ? body.calls : [body];
    const providers = await context.providers(sent.map(({ connectionId }) => connectionId));
    const read = sent.map((call) => fromLlmCall(call, payer(call, providers)));
    const refused: LlmPushReply['refused'] = [];
    const refuse = (index: number, reason: (typeof refused)[number]['reason']) =>
      refused.push({ index, callId: sent[index]?.callId ?? '', reason });
    const places = [...read.keys()].filter((index) => read[index] !== undefined);
    const outcomes = await acceptCalls(
      context,
      read.filter((call) => call !== undefined),
    );
    for (const [index, call] of read.entries())
      if (call === undefined) refuse(index, 'inconsistent_tokens');
    for (const [i, outcome] of outcomes.entries())
      if (outcome === 'too_old' || outcome === 'in_the_future') refuse(places[i] ?? 0, outcome);
    const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
    return {
      status: 200,
      body: {
        accepted: count('accepted'),
        duplicates: count('duplicate'),
        refused: refused.sort((a, b) => a.index - b.index),
      },
    };
  },
});

function payer(call: LlmCall, providers: ReadonlyMap<string, Provider>): 'openai' | 'anthropic' {
  const provider = providers.get(call.connectionId);
  if (provider === undefined) throw notFound('connection_not_found');
  if (provider !== 'openai' && provider !== 'anthropic') {
    throw new CostGuardError(
      'unsupported',
      'Calls belong to a connection of OpenAI or Anthropic; GET /api/v1/connections lists them.',
    );
  }
  return provider;
}
