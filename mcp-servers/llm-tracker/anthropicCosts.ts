import { z } from 'zod';
import { multiplyMoney } from '../../core/money/money.ts';
import { answerInvalid, parseAnswer } from '../kit/answerInvalid.ts';
import { ANTHROPIC_IDENTITY, ANTHROPIC_PERMISSION } from './anthropicIdentity.ts';
import type { LlmCell, ReportDimension, ReportQuery, ReportRequest } from './llmProvider.ts';
import { Amount } from './losslessNumber.ts';
import { CONSTANT_DIMENSIONS, constantColumns } from './reportColumns.ts';
import { toAnthropicParams } from './toAnthropicParams.ts';
import { toGroups } from './toGroups.ts';
import { toText } from './toText.ts';

// As many as a page can hold.
const DAYS_PER_PAGE = 31;
const USD_PER_CENT = '0.01';
const DESCRIPTION = { groupBy: ['description'] };

/** What Anthropic's cost report can be asked by. A description comes with the parts that it is made of. */
export const ANTHROPIC_COST_DIMENSIONS: Readonly<Record<string, ReportDimension>> = {
  ...CONSTANT_DIMENSIONS,
  SubAccountId: { groupBy: ['workspace_id'] },
  SkuMeter: {
    ...DESCRIPTION,
    derives: ['x_Model', 'x_TokenType', 'x_ServiceTier', 'x_ContextWindow'],
  },
  x_Model: DESCRIPTION,
  x_TokenType: DESCRIPTION,
  x_ServiceTier: DESCRIPTION,
  x_ContextWindow: DESCRIPTION,
};

const CostResult = z.object({
  amount: Amount,
  currency: z.string().min(1),
  cost_type: z.string().nullish(),
  token_type: z.string().nullish(),
  model: z.string().nullish(),
  service_tier: z.string().nullish(),
  context_window: z.string().nullish(),
  description: z.string().nullish(),
  workspace_id: z.string().nullish(),
});

const TOKEN_TYPES: Readonly<Record<string, string>> = {
  uncached_input_tokens: 'input',
  output_tokens: 'output',
  cache_read_input_tokens: 'cache_read',
  'cache_creation.ephemeral_5m_input_tokens': 'cache_write_5m',
  'cache_creation.ephemeral_1h_input_tokens': 'cache_write_1h',
};

/**
 * The request of Anthropic's cost report. It has days only, and nothing of the priority tier.
 *
 * @see https://docs.claude.com/en/api/admin-api/usage-cost/get-cost-report
 */
export function toAnthropicCostRequest(query: ReportQuery): ReportRequest {
  const groups = toGroups(query.dimensions, ANTHROPIC_COST_DIMENSIONS);
  return {
    path: '/v1/organizations/cost_report',
    params: toAnthropicParams(query, groups, DAYS_PER_PAGE),
    query,
    permission: ANTHROPIC_PERMISSION,
    toCells: (result, bucket) => [toCell(result, bucket)],
  };
}

function toCell(result: unknown, bucket: Pick<LlmCell, 'start' | 'end'>): LlmCell {
  const { amount, currency, ...told } = parseAnswer(
    CostResult,
    result,
    'Anthropic left out an amount or its currency, or an amount is not a decimal number.',
  );
  // Amounts are in the currency's smallest unit, which is a hundredth only of some.
  if (currency !== 'USD') {
    throw answerInvalid('Anthropic gave an amount in another currency than USD.');
  }
  const kind = told.token_type ?? told.cost_type;
  return {
    ...bucket,
    columns: {
      ...constantColumns(ANTHROPIC_IDENTITY),
      SubAccountId: toText(told.workspace_id),
      SkuMeter: toText(told.description),
      x_Model: toText(told.model),
      x_TokenType: toText(TOKEN_TYPES[kind ?? ''] ?? kind),
      x_ServiceTier: toText(told.service_tier),
      x_ContextWindow: toText(told.context_window),
    },
    currency,
    cost: multiplyMoney({ amount, currency }, USD_PER_CENT).amount,
  };
}
