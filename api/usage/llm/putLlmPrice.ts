import { LlmPriceChange, LlmPricePut } from '../../../core/contracts/llmPrice.ts';
import { appendAudit } from '../../../db/queries/audit/appendAudit.ts';
import { changePrices } from '../../../db/queries/llm/changePrices.ts';
import { putPrice } from '../../../db/queries/llm/putPrice.ts';
import { defineRoute } from '../../http/route.ts';
import { actorOf } from '../../identity/actor.ts';
import { priceTerms } from './priceTerms.ts';

/** Sets a price, and prices the use anew that it holds for. */
export const putLlmPrice = defineRoute({
  method: 'put',
  path: '/api/v1/usage/llm/prices',
  summary: 'Set a price of language models in place of the published one',
  tag: 'Usage',
  access: { scope: 'prices:write' },
  body: LlmPricePut,
  replies: { 200: LlmPriceChange },
  handle: ({ body, db, now, principal }) =>
    db.transaction().execute(async (tx) => {
      const actor = actorOf(principal);
      const { result, repriced } = await changePrices(
        tx,
        () => putPrice(tx, { put: body, by: actor.actorName, now: now() }),
        ({ after }) => after,
      );
      const { before, after } = result;
      await appendAudit(tx, {
        ...actor,
        operation: 'llm_price.set',
        subject: `llm_price:${after.id}`,
        detail: { before: before && priceTerms(before), after: priceTerms(after), repriced },
      });
      return { status: 200, body: { price: after, repriced } };
    }),
});
