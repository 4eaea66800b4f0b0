import type { QueryDefinition } from '@azure/arm-costmanagement';
import { addDays } from '../../core/time/day.ts';
import { answerInvalid, parseAnswer } from '../kit/answerInvalid.ts';
import { AGGREGATIONS, fromQueryPage, QueryPage, type CostCell } from './fromQueryResult.ts';
import { requestJson } from './requestJson.ts';
import type { Scope } from './scopes.ts';
import { sendAzure, type AzureCall, type AzureDesk } from './sendAzure.ts';
import type { CostRequest } from './toCostRequests.ts';

/** The RBAC action of all cost queries. */
export const QUERY_PERMISSION = 'Microsoft.CostManagement/query/action';

const GRANULARITY = { DAY: { granularity: 'Daily' }, MONTH: { granularity: 'Monthly' }, TOTAL: {} };

/**
 * Reads all pages of a cost request at one scope and checks what came. The SDK does not page: the same body is posted to
 * each next link.
 *
 * @throws ToolError `UPSTREAM_FAILED` when the answer does not hold or pages go round in a circle; else as `sendAzure`
 */
export async function readCosts(
  { path }: Scope,
  request: CostRequest,
  call: Omit<AzureCall, 'permission'>,
  desk: AzureDesk,
): Promise<CostCell[]> {
  const body = toQueryDefinition(request);
  const send = (url: string | undefined, signal: AbortSignal): Promise<unknown> =>
    url === undefined
      ? firstPage(desk, path, body, signal)
      : requestJson(desk.azure, { method: 'POST', url, body }, signal).then(propertiesOf);
  const cells: CostCell[] = [];
  const seen = new Set<string>();
  let next: string | undefined;
  do {
    const url = next;
    const answer = await sendAzure({ ...call, permission: QUERY_PERMISSION }, desk, (signal) =>
      send(url, signal),
    );
    const page = parseAnswer(QueryPage, answer ?? EMPTY, 'Azure left out what belongs to costs.');
    cells.push(...fromQueryPage(page, request));
    next = page.nextLink === '' ? undefined : (page.nextLink ?? undefined);
    if (next !== undefined && seen.has(next)) {
      throw answerInvalid('Azure gave the same page twice, so its pages would never end.');
    }
    if (next !== undefined) seen.add(next);
  } while (next !== undefined);
  return cells;
}

// "No content" means no costs.
const EMPTY: QueryPage = { columns: [], rows: [] };
const NO_CONTENT = 204;

/** The first page; undefined for "no content", which the SDK shows like an answer that it could not read. */
async function firstPage(
  { azure }: AzureDesk,
  path: string,
  body: QueryDefinition,
  abortSignal: AbortSignal,
): Promise<unknown> {
  let status: number | undefined;
  const onResponse = (response: { status: number }) => {
    ({ status } = response);
  };
  const answer = await azure.client.query.usage(path, body, { abortSignal, onResponse });
  return status === NO_CONTENT ? undefined : answer;
}

const propertiesOf = (answer: unknown): unknown =>
  typeof answer === 'object' && answer !== null && 'properties' in answer
    ? answer.properties
    : answer;

/** The body of a request. Azure includes the last day, so that the window ends one day earlier there. */
function toQueryDefinition(request: CostRequest): QueryDefinition {
  const { type, window, span, groupings, filter, withQuantity } = request;
  const sum = (name: string) => ({ name, function: 'Sum' });
  return {
    type,
    timeframe: 'Custom',
    timePeriod: {
      from: new Date(`${window.start}T00:00:00Z`),
      to: new Date(`${addDays(window.end, -1)}T23:59:59Z`),
    },
    dataset: {
      ...GRANULARITY[span],
      aggregation: {
        totalCost: sum(AGGREGATIONS.totalCost),
        ...(withQuantity ? { totalQuantity: sum(AGGREGATIONS.totalQuantity) } : {}),
      },
      ...(groupings.length > 0 ? { grouping: [...groupings] } : {}),
      ...(filter ? { filter } : {}),
    },
  };
}
