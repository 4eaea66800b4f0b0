import { z } from 'zod';
import { parseAnswer } from '../kit/answerInvalid.ts';
import type { LlmCell, ReportDimension, ReportQuery, ReportRequest } from './llmProvider.ts';
import { Amount } from './losslessNumber.ts';
import { fromLineItem } from './fromLineItem.ts';
import { OPENAI_IDENTITY } from './openAiIdentity.ts';
import { toGroups } from './toGroups.ts';
import { toOpenAiParams } from './toOpenAiParams.ts';
import { toText } from './toText.ts';
import { CONSTANT_DIMENSIONS, constantColumns } from './reportColumns.ts';

// Days on a page, of 180 at most.
const DAYS_PER_PAGE = 180;
const LINE_ITEM = { groupBy: ['line_item'] };

/** What OpenAI's cost report can be asked by. A line item names the model and the kind of token. */
export const OPENAI_COST_DIMENSIONS: Readonly<Record<string, ReportDimension>> = {
  ...CONSTANT_DIMENSIONS,
  SubAccountId: { groupBy: ['project_id'] },
  SkuMeter: { ...LINE_ITEM, derives: ['x_Model', 'x_TokenType'] },
  x_Model: LINE_ITEM,
  x_TokenType: LINE_ITEM,
  x_ApiKeyId: { groupBy: ['api_key_id', 'project_id'], derives: ['SubAccountId'] },
};

const CostResult = z.object({
  amount: z.object({ value: Amount, currency: z.string().regex(/^[A-Za-z]{3}$/) }),
  line_item: z.string().nullish(),
  project_id: z.string().nullish(),
  api_key_id: z.string().nullish(),
  quantity: Amount.nullish(),
  quantity_unit: z.string().nullish(),
});

/** The request of OpenAI's cost report. Amounts are in the currency's own unit. */
export function toOpenAiCostRequest(query: ReportQuery): ReportRequest {
  const groups = toGroups(query.dimensions, OPENAI_COST_DIMENSIONS);
  return {
    path: '/organization/costs',
    params: toOpenAiParams(query, groups, DAYS_PER_PAGE),
    query,
    permission: 'api.usage.read',
    toCells: (result, bucket) => [toCell(result, bucket)],
  };
}

function toCell(result: unknown, bucket: Pick<LlmCell, 'start' | 'end'>): LlmCell {
  const { amount, line_item, project_id, api_key_id, quantity, quantity_unit } = parseAnswer(
    CostResult,
    result,
    'OpenAI left out an amount or its currency, or an amount is not a decimal number.',
  );
  return {
    ...bucket,
    columns: {
      ...constantColumns(OPENAI_IDENTITY),
      SubAccountId: toText(project_id),
      SkuMeter: toText(line_item),
      ...fromLineItem(toText(line_item)),
      x_ApiKeyId: toText(api_key_id),
    },
    currency: amount.currency.toUpperCase(),
    cost: amount.value,
    ...(quantity == null ? {} : { quantity: { amount: quantity, unit: toText(quantity_unit) } }),
  };
}
