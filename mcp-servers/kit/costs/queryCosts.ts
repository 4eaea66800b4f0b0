import type { CostRow } from '../../../core/mcp/costRow.ts';
import { queryCostsContract } from '../../../core/mcp/queryCosts.ts';
import { toCostAnswer, toCostPage, type CostAnswer } from '../costPage.ts';
import { fingerprint, type CursorSeal } from '../cursor.ts';
import { defineTool, type Tool } from '../defineTool.ts';
import type { CostSource } from './costSource.ts';
import { toSourceCall } from './sourceCall.ts';
import { toCostEnvelope } from './toCostEnvelope.ts';

interface Ordered extends CostAnswer {
  key: string;
}

/** `query_costs` on any source. */
export function createQueryCosts(source: CostSource, seal: CursorSeal): Tool {
  // Pages of one answer come one after the other: its order is kept as long as the answer itself.
  const known = new WeakMap<readonly CostRow[], Ordered>();
  return defineTool(queryCostsContract, async (input, call) => {
    const page = seal.page(queryCostsContract.name, input, call.tenant);
    const { period, granularity, metrics, groupBy, filter, orderBy } = input;
    const sourceCall = toSourceCall(input, call);
    const found = await source.costs({ period, granularity, metrics, groupBy, filter }, sourceCall);
    const key = fingerprint([metrics, orderBy]);
    const before = known.get(found.rows);
    const answer =
      before?.key === key ? before : { ...toCostAnswer(found.rows, metrics, orderBy), key };
    known.set(found.rows, answer);
    return {
      ...toCostPage(answer, metrics, page),
      derivedColumns: [...found.derivedColumns],
      ...toCostEnvelope(source, sourceCall, found, answer, period),
    };
  });
}
