import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { listRecommendationsContract } from '../../../core/mcp/listRecommendations.ts';
import type { RecommendationRow } from '../../../core/mcp/listRecommendations.ts';
import { toProposal } from '../../../core/recommendations/toProposal.ts';
import { utcDay } from '../../../core/time/day.ts';
import { findRecommendationsDue } from '../../../db/queries/recommendations/findRecommendationsDue.ts';
import { listAdvice } from '../../../db/queries/recommendations/listAdvice.ts';
import { storeRecommendations } from '../../../db/queries/recommendations/storeRecommendations.ts';
import type { McpToolbox } from '../../platform/mcpToolbox.ts';
import { callPages, PAGE_ROWS } from '../costs/callPages.ts';
import type { DetectiveDependencies } from '../createDetectiveActivities.ts';
import { postProposal } from '../../platform/postProposal.ts';

const PAGES_MAX = 200;

/**
 * Once a UTC day for each connection that allows actions: asks its provider what it recommends, keeps it, and proposes what
 * has been advised for some days. Returns how many proposals stand. Safe to run twice: advice counts once a day, and a
 * proposal's idempotency key is that of the advice and the day on which it began.
 */
export function createReviewRecommendations(
  deps: Pick<DetectiveDependencies, 'db' | 'api' | 'openCosts' | 'adviceDaysMin'>,
) {
  return async (input: { connectionId: string; scheduledAt: string }): Promise<number> => {
    const { db } = deps;
    const { connectionId } = input;
    const day = utcDay(new Date(input.scheduledAt));
    const provider = await findRecommendationsDue(db, { connectionId, day });
    // The providers of language models recommend nothing.
    if (provider === undefined || provider === 'openai' || provider === 'anthropic') return 0;
    const toolbox = await deps.openCosts(provider);
    try {
      const rows = await readAll(toolbox, connectionId);
      await db.transaction().execute((tx) => storeRecommendations(tx, { connectionId, day, rows }));
    } finally {
      await toolbox.close();
    }
    return propose(deps, { connectionId, day });
  };
}

async function readAll(toolbox: McpToolbox, connectionId: string): Promise<RecommendationRow[]> {
  const options = { signal: cancellationSignal(), onProgress: () => heartbeat() };
  const reading = { pagesMax: PAGES_MAX, onPage: () => heartbeat() };
  const rows: RecommendationRow[] = [];
  const pages = callPages(reading, (cursor) =>
    toolbox.call(
      listRecommendationsContract,
      { connectionId, limit: PAGE_ROWS, ...cursor },
      options,
    ),
  );
  for await (const page of pages) rows.push(...page.rows);
  return rows;
}

async function propose(
  { db, api, adviceDaysMin }: Pick<DetectiveDependencies, 'db' | 'api' | 'adviceDaysMin'>,
  about: { connectionId: string; day: string },
): Promise<number> {
  let proposals = 0;
  for (const advice of await listAdvice(db, about)) {
    const body = toProposal(advice, adviceDaysMin);
    if (body === undefined) continue;
    const key = `advice:${about.connectionId}:${advice.row.id}:${advice.since}`;
    if (await postProposal(api, body, key)) proposals += 1;
    heartbeat();
  }
  return proposals;
}
