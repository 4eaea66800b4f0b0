import { z } from 'zod';
import { parseAnswer } from '../kit/answerInvalid.ts';
import { ANTHROPIC_IDENTITY, ANTHROPIC_PERMISSION } from './anthropicIdentity.ts';
import { judgeFilter } from './judgeFilter.ts';
import type { LlmCell, ReportDimension, ReportQuery, ReportRequest } from './llmProvider.ts';
import { Count } from './losslessNumber.ts';
import { constantColumns, toUsageLine, USAGE_DIMENSIONS } from './reportColumns.ts';
import { toAnthropicParams } from './toAnthropicParams.ts';
import { toGroups } from './toGroups.ts';
import { toText } from './toText.ts';

// As many as a page can hold.
const BUCKETS_PER_PAGE = { '1m': 1440, '1h': 168, '1d': 31 } as const;
const LINE = [
  'SubAccountId',
  'x_ApiKeyId',
  'x_Model',
  'x_ServiceTier',
  'x_ContextWindow',
  'x_Endpoint',
];
const ENDPOINT = 'messages';

/** What Anthropic's usage report can be asked by. */
export const ANTHROPIC_USAGE_DIMENSIONS: Readonly<Record<string, ReportDimension>> = {
  ...USAGE_DIMENSIONS,
  SubAccountId: { groupBy: ['workspace_id'] },
  x_Model: { groupBy: ['model'] },
  x_ApiKeyId: { groupBy: ['api_key_id', 'workspace_id'], derives: ['SubAccountId'] },
  x_ServiceTier: { groupBy: ['service_tier'] },
  x_ContextWindow: { groupBy: ['context_window'] },
  x_UsageLine: {
    groupBy: ['workspace_id', 'api_key_id', 'model', 'service_tier', 'context_window'],
    derives: LINE,
  },
};

const UsageResult = z.object({
  uncached_input_tokens: Count,
  cache_read_input_tokens: Count,
  output_tokens: Count,
  cache_creation: z.object({
    ephemeral_5m_input_tokens: Count,
    ephemeral_1h_input_tokens: Count,
  }),
  server_tool_use: z.object({ web_search_requests: Count }).nullish(),
  workspace_id: z.string().nullish(),
  api_key_id: z.string().nullish(),
  model: z.string().nullish(),
  service_tier: z.string().nullish(),
  context_window: z.string().nullish(),
});

/**
 * The request of Anthropic's usage report of messages; none where the filter lets nothing of it through. Its kinds of input
 * are disjoint as they come. It does not count requests.
 *
 * @see https://docs.claude.com/en/api/admin-api/usage-cost/get-messages-usage-report
 */
export function toAnthropicUsageRequests(query: ReportQuery): ReportRequest[] {
  if (query.filter && judgeFilter(query.filter, valuesOf) === 'never') return [];
  const groups = toGroups(query.dimensions, ANTHROPIC_USAGE_DIMENSIONS);
  return [
    {
      path: '/v1/organizations/usage_report/messages',
      params: toAnthropicParams(query, groups, BUCKETS_PER_PAGE[query.width]),
      query,
      permission: ANTHROPIC_PERMISSION,
      toCells: (result, bucket) => toCells(result, bucket, query),
    },
  ];
}

function valuesOf(dimension: string): readonly string[] | undefined {
  const constant = constantColumns(ANTHROPIC_IDENTITY)[dimension];
  if (constant !== undefined) return [constant];
  return dimension === 'x_Endpoint' ? [ENDPOINT] : undefined;
}

function toCells(
  result: unknown,
  bucket: Pick<LlmCell, 'start' | 'end'>,
  { width }: ReportQuery,
): LlmCell[] {
  const told = parseAnswer(
    UsageResult,
    result,
    'Anthropic left out a number of tokens, or it is not a whole number.',
  );
  const columns: Record<string, string | null> = {
    ...constantColumns(ANTHROPIC_IDENTITY),
    SubAccountId: toText(told.workspace_id),
    x_ApiKeyId: toText(told.api_key_id),
    x_Model: toText(told.model),
    x_ServiceTier: toText(told.service_tier),
    x_ContextWindow: toText(told.context_window),
    x_Endpoint: ENDPOINT,
    x_Minute: width === '1m' ? bucket.start : null,
  };
  columns['x_UsageLine'] = toUsageLine(columns, LINE);
  const meters: [tokenType: string, unit: string, amount: bigint][] = [
    ['input', 'tokens', told.uncached_input_tokens],
    ['cache_read', 'tokens', told.cache_read_input_tokens],
    ['cache_write_5m', 'tokens', told.cache_creation.ephemeral_5m_input_tokens],
    ['cache_write_1h', 'tokens', told.cache_creation.ephemeral_1h_input_tokens],
    ['output', 'tokens', told.output_tokens],
    ['web_search', 'calls', told.server_tool_use?.web_search_requests ?? 0n],
  ];
  return meters
    .filter(([, , amount]) => amount !== 0n)
    .map(([tokenType, unit, amount]) => ({
      ...bucket,
      columns: { ...columns, x_TokenType: tokenType },
      currency: 'USD',
      quantity: { amount: String(amount), unit },
    }));
}
