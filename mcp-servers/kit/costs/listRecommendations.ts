import { listRecommendationsContract } from '../../../core/mcp/listRecommendations.ts';
import type { CursorSeal } from '../cursor.ts';
import { defineTool, type Tool } from '../defineTool.ts';
import { toListPage } from '../listPage.ts';
import { compareAmounts } from './compareAmounts.ts';
import type { CostSource } from './costSource.ts';
import { toSourceCall } from './sourceCall.ts';
import { toListEnvelope } from './toListEnvelope.ts';

/** `list_recommendations` on any source, largest saving first. */
export function createListRecommendations(source: CostSource, seal: CursorSeal): Tool {
  return defineTool(listRecommendationsContract, async (input, call) => {
    const page = seal.page(listRecommendationsContract.name, input, call.tenant);
    const { category, minSaving = '0' } = input;
    const sourceCall = toSourceCall(input, call);
    const found = await source.recommendations(sourceCall);
    const rows = found.rows
      .filter((row) => category === undefined || row.category === category)
      .filter(({ MonthlySaving }) => compareAmounts(MonthlySaving, minSaving) >= 0)
      .sort((a, b) => compareAmounts(b.MonthlySaving, a.MonthlySaving) || (a.id < b.id ? -1 : 1));
    return { ...toListPage(rows, page), ...toListEnvelope(source, sourceCall, found) };
  });
}
