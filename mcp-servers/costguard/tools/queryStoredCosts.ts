import { CostSeriesReply } from '../../../core/contracts/usage.ts';
import {
  PLATFORM_DIMENSIONS,
  type PlatformDimension,
} from '../../../core/mcp/platform/platformDimension.ts';
import {
  queryStoredCostsContract,
  type QueryStoredCostsInput,
} from '../../../core/mcp/platform/queryStoredCosts.ts';
import type { CursorSeal } from '../../kit/cursor.ts';
import { defineTool, type Tool } from '../../kit/defineTool.ts';
import { toListPage } from '../../kit/listPage.ts';
import type { Platform } from '../platform.ts';
import { subtractRows, toCostRows } from './toCostRows.ts';
import { toForecasts } from './toForecasts.ts';

/** `query_costs` on what the platform has stored. */
export const createQueryStoredCosts = ({ api }: Platform, seal: CursorSeal): Tool =>
  defineTool(
    queryStoredCostsContract,
    async (input, call) => {
      const page = seal.page(queryStoredCostsContract.name, input, call.tenant);
      const reply = await api.ask(
        {
          path: '/api/v1/usage/costs',
          query: toQuery(input),
          scope: 'costs:read',
          reply: CostSeriesReply,
        },
        call,
      );
      const { rows, nextCursor } = toListPage(toCostRows(reply, input), page);
      const Total = reply.totals.map(({ currency, total }) => ({
        BillingCurrency: currency,
        BilledCost: total,
      }));
      return {
        rows,
        ...(nextCursor === undefined ? {} : { nextCursor }),
        Total,
        Remainder: subtractRows(Total, rows),
        ...(input.forecast ? { forecasts: toForecasts(reply) } : {}),
        dataUntil: reply.dataUntil,
        notes: notesOn(reply.groups.length),
      };
    },
    { scopes: ['mcp:read', 'costs:read'] },
  );

/** FOCUS columns as the API's own parameters. */
const PARAMETERS = {
  ...PLATFORM_DIMENSIONS,
  x_ConnectionId: 'connectionId',
  BillingCurrency: 'currency',
} as const satisfies Record<PlatformDimension | 'BillingCurrency', string>;

function toQuery({
  period,
  granularity,
  groupBy,
  filter,
  groups,
  forecast,
}: QueryStoredCostsInput) {
  const filters = (Object.keys(PARAMETERS) as (keyof typeof PARAMETERS)[]).map(
    (column) => [PARAMETERS[column], filter[column]] as const,
  );
  return {
    from: period.start,
    to: period.end,
    // The API has no totals alone; its months come with them.
    granularity: granularity === 'DAY' ? 'day' : 'month',
    group_by: PLATFORM_DIMENSIONS[groupBy],
    ...Object.fromEntries(filters),
    limit: groups,
    forecast: String(forecast),
  };
}

const notesOn = (groupCount: number): string[] =>
  groupCount > 0
    ? []
    : [
        'No costs match. Check the filter’s values with a query that groups by the same dimension, and list_connections for the newest day.',
      ];
