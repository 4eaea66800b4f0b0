import type { CostRecord } from '../../../core/focus/costRecord.ts';
import { fromCostRow } from '../../../core/focus/fromCostRow.ts';
import type { CostRow } from '../../../core/mcp/costRow.ts';
import {
  type AccountRow,
  LISTED_MONTHS_BACK,
  listAccountsContract,
} from '../../../core/mcp/listAccounts.ts';
import { listDimensionValuesContract } from '../../../core/mcp/listDimensionValues.ts';
import { addMonths, firstOfMonth } from '../../../core/time/month.ts';
import { PAGE_ROWS, callPages } from './callPages.ts';
import type { CostReading } from './costReading.ts';

/**
 * The accounts whose costs of the reading's period are to be read; closed ones too, for they may have costs in it. Servers
 * list accounts by their costs of the last months: for an older period those that had costs in it are looked up, so that
 * one that has been silent since is read as well, and one that had none is not asked for.
 */
export async function readAccounts(reading: CostReading): Promise<AccountRow[]> {
  const listed = await readListed(reading);
  const listedSince = addMonths(firstOfMonth(reading.today), -LISTED_MONTHS_BACK);
  if (reading.from >= listedSince) return listed;
  const known = new Map(listed.map((account) => [account.SubAccountId, account]));
  return (await readIds(reading)).map(
    (id) =>
      known.get(id) ?? {
        BillingAccountId: listed[0]?.BillingAccountId ?? null,
        BillingAccountName: listed[0]?.BillingAccountName ?? null,
        SubAccountId: id,
        SubAccountName: null,
        status: 'unknown',
      },
  );
}

async function readListed(reading: CostReading): Promise<AccountRow[]> {
  const accounts: AccountRow[] = [];
  const pages = callPages(reading, (cursor) =>
    reading.toolbox.call(
      listAccountsContract,
      { connectionId: reading.connectionId, limit: PAGE_ROWS, ...cursor },
      { signal: reading.signal, onProgress: () => undefined },
    ),
  );
  for await (const page of pages) accounts.push(...page.rows);
  return accounts;
}

async function readIds(reading: CostReading): Promise<string[]> {
  const ids = new Set<string>();
  const pages = callPages(reading, (cursor) =>
    reading.toolbox.call(
      listDimensionValuesContract,
      {
        dimension: 'SubAccountId',
        period: { start: reading.from, end: reading.to },
        connectionIds: [reading.connectionId],
        limit: PAGE_ROWS,
        ...cursor,
      },
      { signal: reading.signal, onProgress: () => undefined },
    ),
  );
  for await (const { rows } of pages) {
    for (const { value } of rows) if (value !== null) ids.add(value);
  }
  return [...ids].sort();
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
