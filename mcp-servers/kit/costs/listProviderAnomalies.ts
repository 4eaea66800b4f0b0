import {
  listProviderAnomaliesContract,
  type AnomalyRow,
} from '../../../core/mcp/listProviderAnomalies.ts';
import type { CursorSeal } from '../cursor.ts';
import { defineTool, type Tool } from '../defineTool.ts';
import { toListPage } from '../listPage.ts';
import { compareAmounts } from './compareAmounts.ts';
import type { CostSource } from './costSource.ts';
import { toSourceCall } from './sourceCall.ts';
import { toListEnvelope } from './toListEnvelope.ts';

/** `list_provider_anomalies` on any source: newest first, of one day the largest first. */
export function createListProviderAnomalies(source: CostSource, seal: CursorSeal): Tool {
  return defineTool(listProviderAnomaliesContract, async (input, call) => {
    const page = seal.page(listProviderAnomaliesContract.name, input, call.tenant);
    const { period, minImpact = '0' } = input;
    const sourceCall = toSourceCall(input, call);
    const found = await source.anomalies(period, sourceCall);
    const rows = found.rows
      .filter(({ Impact }) => compareAmounts(Impact, minImpact) >= 0)
      .sort(newestFirst);
    return { ...toListPage(rows, page), ...toListEnvelope(source, sourceCall, found) };
  });
}

function newestFirst(a: AnomalyRow, b: AnomalyRow): number {
  if (a.start !== b.start) return a.start < b.start ? 1 : -1;
  return compareAmounts(b.Impact, a.Impact) || (a.AnomalyId < b.AnomalyId ? -1 : 1);
}
