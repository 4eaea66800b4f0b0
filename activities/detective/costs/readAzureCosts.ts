import { CostGuardError } from '../../../core/errors.ts';
import type { AccountRow } from '../../../core/mcp/listAccounts.ts';
import type { CostReader, CostReading } from './costReading.ts';
import { inAccount, readAccounts } from './readAccounts.ts';
import { readCostRows } from './readCostRows.ts';

/**
 * Azure: each subscription by service and region, billed costs only. Cost Management takes two groupings, and each metric
 * would be a query of its own against a small quota.
 */
export const readAzureCosts: CostReader = async function* (reading) {
  for (const account of await readAccounts(reading)) {
    for await (const row of readSubscription(reading, account)) yield inAccount(row, account);
  }
};

/** A subscription that was deleted may be listed as closed for months and not be found any more: it costs nothing. */
async function* readSubscription(reading: CostReading, account: AccountRow) {
  try {
    yield* readCostRows(reading, {
      metrics: ['BilledCost'],
      groupBy: ['ServiceName', 'RegionId'],
      connectionIds: [reading.connectionId],
      filter: { dimension: 'SubAccountId', in: [account.SubAccountId] },
    });
  } catch (error) {
    const isGone = error instanceof CostGuardError && error.code === 'resource_not_found';
    if (!isGone || account.status !== 'closed') throw error;
  }
}
