import {
  GetCostAndUsageCommand,
  GetCostAndUsageWithResourcesCommand,
  type CostExplorerClient,
  type ResultByTime,
} from '@aws-sdk/client-cost-explorer';
import type { CallBudget } from '../kit/callBudget.ts';
import { providerText } from '../kit/providerText.ts';
import { fromCostResults, type CostCell } from './fromCostResults.ts';
import type { PaidCall } from './paidCalls.ts';
import { readPages } from './readPages.ts';
import type { CostRequest } from './toCostRequest.ts';

/** What Cost Explorer answered, checked. */
export interface Costs {
  cells: readonly CostCell[];
  /** Names of grouped values, where it tells them: those of accounts. */
  names: ReadonlyMap<string, string>;
}

/**
 * Reads all pages of a cost request and checks what came; a span of time can stand on more than one page, with other
 * groups.
 *
 * @throws ToolError `UPSTREAM_FAILED` when the answer does not hold; else as `readPages`
 */
export async function readCosts(
  client: CostExplorerClient,
  budget: CallBudget,
  query: CostRequest,
  call: Omit<PaidCall, 'permission'>,
): Promise<Costs> {
  const results: ResultByTime[] = [];
  const names = new Map<string, string>();
  const { request, withResources = false } = query;
  const permission = withResources ? 'ce:GetCostAndUsageWithResources' : 'ce:GetCostAndUsage';
  await readPages(
    { ...call, permission },
    budget,
    (page, options) => {
      const input = { ...request, ...page };
      return withResources
        ? client.send(
            new GetCostAndUsageWithResourcesCommand({ ...input, Filter: request.Filter }),
            options,
          )
        : client.send(new GetCostAndUsageCommand(input), options);
    },
    ({ ResultsByTime = [], DimensionValueAttributes = [] }) => {
      results.push(...ResultsByTime);
      for (const { Value, Attributes } of DimensionValueAttributes) {
        const name = Attributes?.['description'];
        if (Value !== undefined && name !== undefined) {
          names.set(providerText(Value), providerText(name));
        }
      }
    },
  );
  return { cells: fromCostResults(results, query), names };
}
