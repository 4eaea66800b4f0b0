import type { CostRecord } from '../../../core/focus/costRecord.ts';
import { fromCostRow } from '../../../core/focus/fromCostRow.ts';
import type { CostRow } from '../../../core/mcp/costRow.ts';
import { listAccountsContract, type AccountRow } from '../../../core/mcp/listAccounts.ts';
import { PAGE_ROWS, callPages } from './callPages.ts';
import type { CostReading } from './costReading.ts';

/** The accounts whose costs the connection can see; closed ones too, for they may have costs in the period. */
export async function readAccounts(
  reading: CostReading,
  connectionId: string,
): Promise<AccountRow[]> {
  const accounts: AccountRow[] = [];
  const pages = callPages(reading, (cursor) =>
    reading.toolbox.call(
      listAccountsContract,
      { connectionId, limit: PAGE_ROWS, ...cursor },
      { signal: reading.signal, onProgress: () => undefined },
    ),
  );
  for await (const page of pages) accounts.push(...page.rows);
  return accounts;
}

/** A row that was asked for in one account, as a charge of it. */
export function inAccount(row: CostRow, account: AccountRow): CostRecord {
  return {
    ...fromCostRow(row),
    billingAccountId: row.BillingAccountId ?? account.BillingAccountId,
    subAccountId: row.SubAccountId ?? account.SubAccountId,
    subAccountName: row.SubAccountName ?? account.SubAccountName,
  };
}
