import { LlmPriceList } from '../../../core/contracts/llmPrice.ts';
import { listPrices } from '../../../db/queries/llm/listPrices.ts';
import { defineRoute } from '../../http/route.ts';

/** The prices that people set in place of the published ones. */
export const listLlmPrices = defineRoute({
  method: 'get',
  path: '/api/v1/usage/llm/prices',
  summary: 'List the prices of language models that were set by hand',
  tag: 'Usage',
  access: { scope: 'costs:read' },
  replies: { 200: LlmPriceList },
  handle: async ({ db }) => ({ status: 200, body: { items: await listPrices(db) } }),
});
