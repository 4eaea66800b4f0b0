import { z } from 'zod';
import { parseAnswer } from '../kit/answerInvalid.ts';
import { providerText } from '../kit/providerText.ts';
import { ANTHROPIC_COST_DIMENSIONS, toAnthropicCostRequest } from './anthropicCosts.ts';
import { ANTHROPIC_IDENTITY, ANTHROPIC_PERMISSION } from './anthropicIdentity.ts';
import { ANTHROPIC_USAGE_DIMENSIONS, toAnthropicUsageRequests } from './anthropicUsage.ts';
import type { Bucket, LlmProvider } from './llmProvider.ts';
import { notPromised } from './notPromised.ts';
import { toInstant } from './toInstant.ts';

const LIST_LIMIT = '100';
const WRONG = notPromised(ANTHROPIC_IDENTITY);

const Instant = z.iso.datetime({ offset: true }).transform((text) => toInstant(Date.parse(text)));
const AnthropicBucket = z.object({
  starting_at: Instant,
  ending_at: Instant,
  results: z.array(z.unknown()),
});
const Workspace = z.object({
  id: z.string().min(1),
  name: z.string().nullish(),
  archived_at: z.string().nullish(),
});

/**
 * Anthropic's administration API with one admin key.
 *
 * @see https://docs.claude.com/en/api/usage-cost-api
 */
export const anthropic = (key: string, baseUrl = 'https://api.anthropic.com'): LlmProvider => ({
  ...ANTHROPIC_IDENTITY,
  baseUrl: baseUrl.replace(/\/+$/, ''),
  headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' },
  dimensions: { costs: ANTHROPIC_COST_DIMENSIONS, usage: ANTHROPIC_USAGE_DIMENSIONS },
  hasBilledQuantity: false,
  requests: (query) =>
    query.report === 'costs' ? [toAnthropicCostRequest(query)] : toAnthropicUsageRequests(query),
  toBucket: (entry): Bucket => {
    const { starting_at, ending_at, results } = parseAnswer(AnthropicBucket, entry, WRONG);
    return { start: starting_at, end: ending_at, results };
  },
  accounts: {
    path: '/v1/organizations/workspaces',
    params: [
      ['limit', LIST_LIMIT],
      ['include_archived', 'true'],
    ],
    after: 'after_id',
    permission: ANTHROPIC_PERMISSION,
    toEntry: (entry) => {
      const { id, name, archived_at } = parseAnswer(Workspace, entry, WRONG);
      return {
        BillingAccountId: null,
        BillingAccountName: null,
        SubAccountId: providerText(id),
        SubAccountName: name == null ? null : providerText(name),
        status: archived_at == null ? 'active' : 'closed',
      };
    },
  },
});
