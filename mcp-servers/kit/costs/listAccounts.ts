import { listAccountsContract } from '../../../core/mcp/listAccounts.ts';
import type { CursorSeal } from '../cursor.ts';
import { defineTool, type Tool } from '../defineTool.ts';
import { toListPage } from '../listPage.ts';
import type { CostSource } from './costSource.ts';
import { toSourceCall } from './sourceCall.ts';
import { toListEnvelope } from './toListEnvelope.ts';

/** `list_accounts` on any source, by account id. */
export function createListAccounts(source: CostSource, seal: CursorSeal): Tool {
  return defineTool(listAccountsContract, async (input, call) => {
    const page = seal.page(listAccountsContract.name, input, call.tenant);
    const sourceCall = toSourceCall(input, call);
    const found = await source.accounts(sourceCall);
    const rows = [...found.rows].sort((a, b) => (a.SubAccountId < b.SubAccountId ? -1 : 1));
    return { ...toListPage(rows, page), ...toListEnvelope(source, sourceCall, found) };
  });
}
