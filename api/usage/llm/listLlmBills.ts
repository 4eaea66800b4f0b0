import { BILL_DAYS_MAX, LlmBills, LlmBillsQuery } from '../../../core/contracts/llmBill.ts';
import { sumBillDays } from '../../../core/llm/sumBillDays.ts';
import { addDays } from '../../../core/time/day.ts';
import { listBills } from '../../../db/queries/llm/listBills.ts';
import { defineRoute } from '../../http/route.ts';

/** What providers billed for language models beside what our prices come to, by day, model and kind of use. */
export const listLlmBills = defineRoute({
  method: 'get',
  path: '/api/v1/usage/llm/bills',
  summary: 'List the bills of language models beside our own prices',
  tag: 'Usage',
  access: { scope: 'costs:read' },
  query: LlmBillsQuery,
  replies: { 200: LlmBills },
  handle: async ({ query, db, now }) => {
    const oldest = addDays(now().toISOString().slice(0, 10), -BILL_DAYS_MAX);
    const from = query.from === undefined || query.from < oldest ? oldest : query.from;
    const items = await listBills(db, { connectionId: query.connectionId, from });
    return { status: 200, body: { items, days: sumBillDays(items) } };
  },
});
