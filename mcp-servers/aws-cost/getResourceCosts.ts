import { getResourceCostsContract } from '../../core/mcp/getResourceCosts.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import { toCostAnswer, toCostPage } from '../kit/costPage.ts';
import { defineTool, type Tool } from '../kit/defineTool.ts';
import { askCosts, toCostEnvelope, toSourceCall } from './askCosts.ts';
import type { AwsSource } from './awsSource.ts';
import { addDays, toDay } from './days.ts';
import { toCostRequest, type CostRequest } from './toCostRequest.ts';
import { toCostRows } from './toCostRows.ts';

const METRICS = ['BilledCost'] as const;

/** Days back for which Cost Explorer tells resources apart. */
export const RESOURCE_DAYS = 14;

/**
 * `get_resource_costs` on GetCostAndUsageWithResources, which must be switched on in the payer's Cost Explorer settings.
 * It knows neither names nor types nor tags of resources.
 *
 * @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsageWithResources.html
 */
export function createGetResourceCosts(source: AwsSource, now: () => Date): Tool {
  return defineTool(getResourceCostsContract, async (input, call) => {
    const { period, filter, topN } = input;
    const oldest = addDays(toDay(now()), -RESOURCE_DAYS);
    if (period.start < oldest) {
      throw new ToolError(
        'INVALID_ARGUMENT',
        `Cost Explorer tells resources apart for the last ${RESOURCE_DAYS} days only. Start on ${oldest} or later; for longer periods group query_costs by SkuMeter.`,
        { field: 'period.start' },
      );
    }
    const question = { period, metrics: [...METRICS], groupBy: [], filter };
    const asked = byResource(toCostRequest({ ...question, granularity: 'DAY' }, now()));
    const found = await askCosts(source, asked, toSourceCall(input, call), now);
    const { rows } = toCostRows(
      found.costs.cells,
      { filter, granularity: 'TOTAL', groupBy: ['ResourceId'], period: asked.period },
      METRICS,
    );
    const answer = toCostAnswer(rows, METRICS, 'cost');
    const top = { limit: topN, position: undefined, seal: () => '' };
    const { rows: shown, Total, Remainder, truncated } = toCostPage(answer, METRICS, top);
    return {
      rows: shown.map(({ ResourceId = null, BilledCost = '0', ...row }) => ({
        ...row,
        ResourceId,
        ResourceName: null,
        ResourceType: null,
        Tags: {},
        BilledCost,
      })),
      Total,
      Remainder,
      truncated,
      ...toCostEnvelope(source, found, answer, period, now()),
    };
  });
}

const byResource = (asked: CostRequest): CostRequest => ({
  ...asked,
  withResources: true,
  request: { ...asked.request, GroupBy: [{ Type: 'DIMENSION', Key: 'RESOURCE_ID' }] },
});
