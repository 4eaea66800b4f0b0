import { z } from 'zod';
import { LLM_METERS, type LlmMeter } from '../llm/meters.ts';
import { Id, plainText } from './scalars.ts';

/** Calls that one request may bring. */
export const LLM_CALLS_MAX = 1_000;

/** Characters of a model's name, an id or a tag. */
export const LABEL_LENGTH_MAX = 200;

/** Says whether a text looks like an API key itself, which nobody but its owner should hold. */
export const isKeyLike = (text: string): boolean => /^(sk|pk)[-_]/i.test(text);

const label = (description: string) => plainText(LABEL_LENGTH_MAX).meta({ description });

const amount = z.int().min(0).max(1e12);

const INCLUSIVE = {
  inputTokens: 'All tokens of the prompt, those read from or written to the cache among them',
  cachedInputTokens: 'Those of them read from the cache',
  cacheWriteTokens: 'Those of them written to the cache, for a time that is not told',
  cacheWrite5mTokens: 'Those of them written to the cache for 5 minutes',
  cacheWrite1hTokens: 'Those of them written to the cache for an hour',
  audioInputTokens: 'Those of them that were audio, and not cached',
  imageInputTokens: 'Those of them that were images, and not cached',
  outputTokens: 'All tokens of the answer, those of reasoning among them',
  reasoningTokens: 'Those of them thought and not said',
  audioOutputTokens: 'Those of them that were audio',
  imageOutputTokens: 'Those of them that were images',
  webSearches: 'Calls of the provider’s web search',
} as const;

/** Numbers as a provider's reply names them: the parts are contained in `inputTokens` and `outputTokens`. */
export const LlmInclusiveTokens = z
  .strictObject(
    Object.fromEntries(
      Object.entries(INCLUSIVE).map(([name, description]) => [
        name,
        amount.optional().meta({ description }),
      ]),
    ) as Record<keyof typeof INCLUSIVE, z.ZodOptional<typeof amount>>,
  )
  .meta({ id: 'LlmInclusiveTokens' });

/** Numbers as a provider's reply names them. */
export type LlmInclusiveTokens = z.infer<typeof LlmInclusiveTokens>;

const LlmDisjointUnits = z
  .strictObject(
    Object.fromEntries(LLM_METERS.map((meter) => [meter, amount.optional()])) as Record<
      LlmMeter,
      z.ZodOptional<typeof amount>
    >,
  )
  .meta({
    id: 'LlmDisjointUnits',
    description: 'How much of each kind of use; no kind holds another',
  });

const onlyOne = (call: { units?: unknown; tokens?: unknown }): boolean =>
  (call.units === undefined) !== (call.tokens === undefined);

/** One call of a model. No prompt and no answer: there is no field for them. */
export const LlmCall = z
  .strictObject({
    connectionId: Id.meta({ description: 'The OpenAI or Anthropic connection that pays for it' }),
    callId: label('Names the call once and for all; best the id of the provider’s reply'),
    at: z.iso.datetime({ offset: true }).meta({ description: 'When the call was' }),
    model: label('The model as the reply names it'),
    units: LlmDisjointUnits.optional(),
    tokens: LlmInclusiveTokens.optional(),
    apiKeyId: label('Id of the API key, never the key itself')
      .refine((id) => !isKeyLike(id), 'must be the id of a key, never a key')
      .optional(),
    projectId: label('OpenAI project, Anthropic workspace').optional(),
    serviceTier: label('As the provider names it: batch, flex, priority, standard').optional(),
    endpoint: label('For instance completions, embeddings, messages').optional(),
    userTag: label('Whom or what the call was for: a team, a feature, an end user').optional(),
  })
  .refine(onlyOne, { error: 'needs either units or tokens', path: ['units'] })
  .meta({ id: 'LlmCall', oneOf: [{ required: ['units'] }, { required: ['tokens'] }] });

/** One call of a model as it is sent. */
export type LlmCall = z.infer<typeof LlmCall>;

/** One call, or up to `LLM_CALLS_MAX`. */
export const LlmPush = z.union([
  z
    .strictObject({ calls: z.array(LlmCall).min(1).max(LLM_CALLS_MAX) })
    .meta({ id: 'LlmCallBatch' }),
  LlmCall,
]);

/** What became of the calls of a request. */
export const LlmPushReply = z
  .strictObject({
    accepted: z.int().meta({ description: 'Calls that were counted now' }),
    duplicates: z.int().meta({ description: 'Calls that had been counted before' }),
    refused: z.array(
      z.strictObject({
        index: z.int().meta({ description: 'Place in `calls`, from 0' }),
        callId: z.string(),
        reason: z.enum(['too_old', 'in_the_future', 'inconsistent_tokens']),
      }),
    ),
  })
  .meta({ id: 'LlmPushReply' });

/** What became of the calls of a request. */
export type LlmPushReply = z.infer<typeof LlmPushReply>;
