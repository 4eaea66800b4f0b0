import type { SourceProfile } from '../kit/costs/costSource.ts';
import { retentionDays } from '../kit/costs/retentionDays.ts';
import type { LlmProvider } from './llmProvider.ts';
import { COST_RESTATEMENT_DAYS, RETENTION_MONTHS, USAGE_RESTATEMENT_DAYS } from './retention.ts';
import { ANTHROPIC_COST_DIMENSIONS } from './anthropicCosts.ts';
import { ANTHROPIC_USAGE_DIMENSIONS } from './anthropicUsage.ts';
import { OPENAI_COST_DIMENSIONS } from './openAiCosts.ts';
import { OPENAI_USAGE_DIMENSIONS } from './openAiUsage.ts';

/** What the reports can be asked on a day. */
export function llmProfile(providers: readonly LlmProvider[], now: Date): SourceProfile {
  const days = retentionDays(RETENTION_MONTHS, now);
  return {
    provider: providers.map(({ name }) => name).join(' and ') || 'OpenAI and Anthropic',
    dimensions: DIMENSIONS,
    metrics: [
      { name: 'BilledCost', source: 'cost report' },
      { name: 'ConsumedQuantity', source: 'usage report' },
    ],
    granularities: ['HOUR', 'DAY', 'MONTH', 'TOTAL'].map((name) => ({ name, retentionDays: days })),
    restatementDays: COST_RESTATEMENT_DAYS,
    limits: {
      usageRestatementDays: USAGE_RESTATEMENT_DAYS,
      usageDaysPerRequest: 31,
      usageHoursPerRequest: 168,
      usageMinutesPerRequest: 1440,
    },
    usdPerRequest: '0',
    notes: NOTES,
  };
}

const DERIVED_FROM: Readonly<Record<string, string>> = {
  x_Model: 'SkuMeter',
  x_TokenType: 'SkuMeter',
};

const DIMENSIONS: SourceProfile['dimensions'] = [
  ...new Set(
    [
      OPENAI_COST_DIMENSIONS,
      ANTHROPIC_COST_DIMENSIONS,
      OPENAI_USAGE_DIMENSIONS,
      ANTHROPIC_USAGE_DIMENSIONS,
    ].flatMap(Object.keys),
  ),
].map((name) => ({
  name,
  groupBy: true,
  filter: true,
  ...(DERIVED_FROM[name] === undefined ? {} : { derivedFrom: DERIVED_FROM[name] }),
}));

const NOTES = [
  'Connections are openai and anthropic, each by itself or followed by a hyphen and any id, which keeps cache and budget apart. Without one, all that have a key are asked; the result says which failed.',
  'BilledCost comes from the cost reports: DAY, MONTH and TOTAL, by SubAccountId (OpenAI project, Anthropic workspace; null is the default workspace) and SkuMeter (OpenAI line item, Anthropic description), which tells x_Model and x_TokenType; OpenAI also by x_ApiKeyId, Anthropic also by x_ServiceTier and x_ContextWindow. Anthropic leaves out the priority tier.',
  'ConsumedQuantity comes from the usage reports: also HOUR, by SubAccountId, x_Model, x_ApiKeyId (its id, never the key), x_ServiceTier (batch is one), x_Endpoint; OpenAI also by x_UserId, Anthropic also by x_ContextWindow. Rows always tell x_TokenType, since tokens of different kinds have different prices; they are disjoint, so the kinds of input come to all input tokens.',
  'Minutes: granularity HOUR with x_Minute in groupBy gives rows of a minute. A filter {"dimension":"x_Minute","in":["2026-11-20T13:05:00Z",…]} asks for these minutes only.',
  'x_UsageLine is the finest line of a usage report (account, key, model, service tier, endpoint and, at Anthropic, context window) in one place of groupBy; its parts are columns of each row.',
  'Both metrics in one query: OpenAI only, grouped by SkuMeter. Neither is ever estimated from the other. EffectiveCost, ListCost and ContractedCost do not exist here.',
];
