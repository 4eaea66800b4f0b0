import { z } from 'zod';
import { parseAnswer } from '../kit/answerInvalid.ts';
import { judgeFilter } from './judgeFilter.ts';
import type { LlmCell, ReportDimension, ReportQuery, ReportRequest } from './llmProvider.ts';
import { OPENAI_IDENTITY } from './openAiIdentity.ts';
import { OPENAI_ENDPOINTS, type OpenAiEndpoint } from './openAiEndpoints.ts';
import { toOpenAiParams } from './toOpenAiParams.ts';
import { toGroups } from './toGroups.ts';
import { toText } from './toText.ts';
import { constantColumns, toUsageLine, USAGE_DIMENSIONS } from './reportColumns.ts';

// As many as a page can hold.
const BUCKETS_PER_PAGE = { '1m': 1440, '1h': 168, '1d': 31 } as const;
const LINE = ['SubAccountId', 'x_ApiKeyId', 'x_Model', 'x_ServiceTier', 'x_Endpoint'];

/**
 * What OpenAI's usage reports can be asked by. Batch jobs are a service tier of their own here, as they are at Anthropic.
 * Not every endpoint knows all: where one does not, its rows have null.
 */
export const OPENAI_USAGE_DIMENSIONS: Readonly<Record<string, ReportDimension>> = {
  ...USAGE_DIMENSIONS,
  SubAccountId: { groupBy: ['project_id'] },
  x_Model: { groupBy: ['model'] },
  x_ApiKeyId: { groupBy: ['api_key_id', 'project_id'], derives: ['SubAccountId'] },
  x_UserId: { groupBy: ['user_id'] },
  x_ServiceTier: { groupBy: ['service_tier', 'batch'] },
  x_UsageLine: {
    groupBy: ['project_id', 'api_key_id', 'model', 'service_tier', 'batch'],
    derives: LINE,
  },
};

const Groups = z.object({
  project_id: z.string().nullish(),
  api_key_id: z.string().nullish(),
  model: z.string().nullish(),
  user_id: z.string().nullish(),
  service_tier: z.string().nullish(),
  batch: z.boolean().nullish(),
});

/** One request for each endpoint that has anything the filter lets through. */
export const toOpenAiUsageRequests = (query: ReportQuery): ReportRequest[] =>
  OPENAI_ENDPOINTS.filter((endpoint) => canMatch(endpoint, query)).map((endpoint) => ({
    path: `/organization/usage/${endpoint.name}`,
    params: toOpenAiParams(
      query,
      toGroups(query.dimensions, OPENAI_USAGE_DIMENSIONS).filter((group) =>
        endpoint.groups.includes(group),
      ),
      BUCKETS_PER_PAGE[query.width],
    ),
    query,
    permission: 'api.usage.read',
    toCells: (result, bucket) => toCells(endpoint, result, bucket, query),
  }));

function canMatch(endpoint: OpenAiEndpoint, { filter }: ReportQuery): boolean {
  if (!filter) return true;
  const known: Record<string, readonly string[]> = {
    x_Endpoint: [endpoint.name],
    x_TokenType: endpoint.tokenTypes,
  };
  for (const [name, value] of Object.entries(constantColumns(OPENAI_IDENTITY))) {
    known[name] = [value];
  }
  for (const name of ['SubAccountId', 'x_ApiKeyId', 'x_Model', 'x_UserId', 'x_ServiceTier']) {
    const groups = OPENAI_USAGE_DIMENSIONS[name]?.groupBy ?? [];
    if (!groups.some((group) => endpoint.groups.includes(group))) known[name] = [''];
  }
  return judgeFilter(filter, (dimension) => known[dimension]) !== 'never';
}

function toCells(
  endpoint: OpenAiEndpoint,
  result: unknown,
  bucket: Pick<LlmCell, 'start' | 'end'>,
  { width }: ReportQuery,
): LlmCell[] {
  const group = parseAnswer(Groups, result, 'OpenAI named a group in another form than asked for.');
  const columns: Record<string, string | null> = {
    ...constantColumns(OPENAI_IDENTITY),
    SubAccountId: toText(group.project_id),
    x_ApiKeyId: toText(group.api_key_id),
    x_Model: toText(group.model),
    x_UserId: toText(group.user_id),
    x_ServiceTier: group.batch === true ? 'batch' : toText(group.service_tier),
    x_Endpoint: endpoint.name,
    x_Minute: width === '1m' ? bucket.start : null,
  };
  columns['x_UsageLine'] = toUsageLine(columns, LINE);
  return endpoint
    .meters(result, width)
    .filter(({ amount }) => amount !== 0n)
    .map(({ tokenType, unit, amount }) => ({
      ...bucket,
      columns: { ...columns, x_TokenType: tokenType },
      currency: 'USD',
      quantity: { amount: String(amount), unit },
    }));
}
