import { IdParams } from '../../../core/contracts/idParams.ts';
import { appendAudit } from '../../../db/queries/audit/appendAudit.ts';
import { changePrices } from '../../../db/queries/llm/changePrices.ts';
import { deletePrice } from '../../../db/queries/llm/deletePrice.ts';
import { defineRoute } from '../../http/route.ts';
import { actorOf } from '../../identity/actor.ts';
import { priceTerms } from './priceTerms.ts';

/** Takes a price back, and prices the use anew that it held for; the audit log keeps it. */
export const deleteLlmPrice = defineRoute({
  method: 'delete',
  path: '/api/v1/usage/llm/prices/{id}',
  summary: 'Take back a price of language models that was set by hand',
  tag: 'Usage',
  access: { scope: 'prices:write' },
  params: IdParams,
  replies: { 204: null },
  errors: ['llm_price_not_found'],
  handle: ({ params, db, principal }) =>
    db.transaction().execute(async (tx) => {
      const { result, repriced } = await changePrices(
        tx,
        () => deletePrice(tx, params.id),
        (price) => price,
      );
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'llm_price.delete',
        subject: `llm_price:${params.id}`,
        detail: { before: priceTerms(result), after: null, repriced },
      });
      return { status: 204, body: undefined };
    }),
});
