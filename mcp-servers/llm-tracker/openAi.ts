import { z } from 'zod';
import { parseAnswer } from '../kit/answerInvalid.ts';
import { providerText } from '../kit/providerText.ts';
import type { Bucket, LlmProvider } from './llmProvider.ts';
import { UnixSeconds } from './losslessNumber.ts';
import { notPromised } from './notPromised.ts';
import { OPENAI_COST_DIMENSIONS, toOpenAiCostRequest } from './openAiCosts.ts';
import { OPENAI_IDENTITY } from './openAiIdentity.ts';
import { OPENAI_USAGE_DIMENSIONS, toOpenAiUsageRequests } from './openAiUsage.ts';
import { toInstant } from './toInstant.ts';

const MANAGE = 'api.management.read';
const LIST_LIMIT = '100';

const OpenAiBucket = z.object({
  start_time: UnixSeconds,
  end_time: UnixSeconds,
  results: z.array(z.unknown()),
});
const Project = z.object({
  id: z.string().min(1),
  name: z.string().nullish(),
  status: z.string().nullish(),
});
const ApiKey = z.object({ id: z.string().min(1), name: z.string().nullish() });
const WRONG = notPromised(OPENAI_IDENTITY);

/**
 * OpenAI's administration API with one admin key.
 *
 * @see https://platform.openai.com/docs/api-reference/usage
 */
export const openAi = (key: string, baseUrl = 'https://api.openai.com/v1'): LlmProvider => ({
  ...OPENAI_IDENTITY,
  baseUrl: baseUrl.replace(/\/+$/, ''),
  headers: { authorization: `Bearer ${key}` },
  dimensions: { costs: OPENAI_COST_DIMENSIONS, usage: OPENAI_USAGE_DIMENSIONS },
  hasBilledQuantity: true,
  requests: (query) =>
    query.report === 'costs' ? [toOpenAiCostRequest(query)] : toOpenAiUsageRequests(query),
  toBucket: (entry): Bucket => {
    const { start_time, end_time, results } = parseAnswer(OpenAiBucket, entry, WRONG);
    return { start: toInstant(start_time), end: toInstant(end_time), results };
  },
  accounts: {
    path: '/organization/projects',
    params: [
      ['limit', LIST_LIMIT],
      ['include_archived', 'true'],
    ],
    after: 'after',
    permission: MANAGE,
    toEntry: (entry) => {
      const { id, name, status } = parseAnswer(Project, entry, WRONG);
      return {
        BillingAccountId: null,
        BillingAccountName: null,
        SubAccountId: providerText(id),
        SubAccountName: name == null ? null : providerText(name),
        status: STATUS[status ?? ''] ?? 'unknown',
      };
    },
  },
  apiKeys: (projectId) => ({
    path: `/organization/projects/${encodeURIComponent(projectId)}/api_keys`,
    params: [['limit', LIST_LIMIT]],
    after: 'after',
    permission: MANAGE,
    toEntry: (entry) => {
      const { id, name } = parseAnswer(ApiKey, entry, WRONG);
      return { id: providerText(id), name: name == null ? null : providerText(name) };
    },
  }),
});

const STATUS: Readonly<Record<string, 'active' | 'closed'>> = {
  active: 'active',
  archived: 'closed',
};
