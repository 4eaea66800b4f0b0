import { queryCostsContract, type QueryCostsInput } from '../../core/mcp/queryCosts.ts';
import { toCostAnswer, toCostPage, type CostAnswer } from '../kit/costPage.ts';
import { fingerprint, type CursorSeal } from '../kit/cursor.ts';
import { defineTool, type Tool } from '../kit/defineTool.ts';
import { askCosts, toCostEnvelope, toSourceCall } from './askCosts.ts';
import type { AwsSource } from './awsSource.ts';
import type { Costs } from './readCosts.ts';
import { toCostRequest, type CostRequest } from './toCostRequest.ts';
import { toCostRows } from './toCostRows.ts';

interface Prepared extends CostAnswer {
  key: string;
  derivedColumns: string[];
}

/** `query_costs` on Cost Explorer's GetCostAndUsage. */
export function createQueryCosts(source: AwsSource, seal: CursorSeal, now: () => Date): Tool {
  // Pages of one answer come one after the other: what the last one made of it is kept as long as the answer itself.
  const prepared = new WeakMap<Costs, Prepared>();
  return defineTool(queryCostsContract, async (input, call) => {
    const page = seal.page(queryCostsContract.name, input, call.tenant);
    const asked = toCostRequest(input, now());
    const found = await askCosts(source, asked, toSourceCall(input, call), now);
    const key = fingerprint({ ...input, limit: undefined, cursor: undefined });
    const known = prepared.get(found.costs);
    const ready = known?.key === key ? known : { ...prepare(found.costs, input, asked), key };
    prepared.set(found.costs, ready);
    return {
      ...toCostPage(ready, input.metrics, page),
      derivedColumns: ready.derivedColumns,
      ...toCostEnvelope(source, found, ready, input.period, now()),
    };
  });
}

function prepare(
  { cells }: Costs,
  input: QueryCostsInput,
  { period, metrics }: CostRequest,
): Omit<Prepared, 'key'> {
  const asked = metrics.filter((metric) => input.metrics.includes(metric));
  const { rows, derivedColumns } = toCostRows(cells, { ...input, period }, asked);
  return { ...toCostAnswer(rows, input.metrics, input.orderBy), derivedColumns };
}
