import { UnpricedModels, UnpricedQuery } from '../../../core/contracts/llmPrice.ts';
import { readUnpriced } from '../../../db/queries/llm/readUnpriced.ts';
import { defineRoute } from '../../http/route.ts';

/** Models whose use has no known price; it is in no total until they have one. */
export const listUnpriced = defineRoute({
  method: 'get',
  path: '/api/v1/usage/llm/unpriced',
  summary: 'List the language models whose use has no known price',
  tag: 'Usage',
  access: { scope: 'costs:read' },
  query: UnpricedQuery,
  replies: { 200: UnpricedModels },
  handle: async ({ query, db }) => ({
    status: 200,
    body: { items: await readUnpriced(db, query.from) },
  }),
});
