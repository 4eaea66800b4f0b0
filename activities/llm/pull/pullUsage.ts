import { Context } from '@temporalio/activity';
import type { PullPage } from '../../../core/llm/planPull.ts';
import { priceLlmUse } from '../../../core/llm/priceLlmUse.ts';
import { toUsageRows } from '../../../core/llm/toUsageRows.ts';
import type { LlmUsageRow } from '../../../core/llm/usageRow.ts';
import type { CostRow } from '../../../core/mcp/costRow.ts';
import { queryCostsContract } from '../../../core/mcp/queryCosts.ts';
import { addDays } from '../../../core/time/day.ts';
import { readPriceOverrides } from '../../../db/queries/llm/readPriceOverrides.ts';
import { replaceUsage } from '../../../db/queries/llm/replaceUsage.ts';
import { callPages, PAGE_ROWS } from '../../detective/costs/callPages.ts';
import type { McpToolbox } from '../../platform/mcpToolbox.ts';
import type { LlmPullDependencies } from './createLlmPullActivities.ts';

/** Which page of which connection. */
export interface PullUsageInput {
  connectionId: string;
  provider: LlmUsageRow['provider'];
  page: PullPage;
}

const PAGES_MAX = 5_000;
// A question may name this many values.
const NAMED_MINUTES_MAX = 50;
const MINUTE_MS = 60_000;

/**
 * Reads a page of usage and makes what is stored of it exactly that, priced. A second run stores the same rows in place of
 * the first, so it is safe; a run that fails midway stores nothing.
 */
export function createPullUsage(dependencies: LlmPullDependencies) {
  return async (input: PullUsageInput): Promise<{ rows: number; unpriced: number }> => {
    const { connectionId, provider, page } = input;
    const { db, openTracker, pagesMax = PAGES_MAX } = dependencies;
    const toolbox = await openTracker();
    let told: CostRow[];
    try {
      told = await readPage(toolbox, input, pagesMax);
    } finally {
      await toolbox.close();
    }
    const overrides = await readPriceOverrides(db);
    const priced = toUsageRows(told, page, { connectionId, provider }).map((row) => ({
      row,
      price: priceLlmUse({ ...row, at: row.bucketStart }, overrides),
    }));
    await replaceUsage(db, connectionId, page, priced);
    return {
      rows: priced.length,
      unpriced: priced.filter(({ price }) => price.cost === null).length,
    };
  };
}

async function readPage(
  toolbox: McpToolbox,
  input: PullUsageInput,
  pagesMax: number,
): Promise<CostRow[]> {
  const { heartbeat, cancellationSignal: signal } = Context.current();
  const onProgress = () => {
    heartbeat();
  };
  const rows: CostRow[] = [];
  const pages = callPages({ pagesMax, onPage: onProgress }, (cursor) =>
    toolbox.call(
      queryCostsContract,
      {
        ...toQuestion(input),
        limit: PAGE_ROWS,
        // The first page is asked for anew; those after it belong to the same answer.
        ...(cursor.cursor === undefined ? { maxAgeSeconds: 0 } : cursor),
      },
      { signal, onProgress },
    ),
  );
  for await (const page of pages) rows.push(...page.rows);
  return rows;
}

function toQuestion({ connectionId, provider, page: { from, to, bucketSeconds } }: PullUsageInput) {
  const lastDay = new Date(Date.parse(to) - 1).toISOString().slice(0, 10);
  const question = {
    metrics: ['ConsumedQuantity' as const],
    granularity: 'HOUR' as const,
    period: { start: from.slice(0, 10), end: addDays(lastDay, 1) },
    connectionIds: [`${provider}-${connectionId}`],
  };
  if (bucketSeconds === 3600) return { ...question, groupBy: ['x_UsageLine'] };
  const minutes = (Date.parse(to) - Date.parse(from)) / MINUTE_MS;
  return {
    ...question,
    groupBy: ['x_Minute', 'x_UsageLine'],
    ...(minutes <= NAMED_MINUTES_MAX && {
      filter: { dimension: 'x_Minute', in: minutesOf(from, minutes) },
    }),
  };
}

const minutesOf = (from: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) =>
    new Date(Date.parse(from) + i * MINUTE_MS).toISOString().replace('.000Z', 'Z'),
  );
