import type { CostReader } from './costReading.ts';
import { inAccount, readAccounts } from './readAccounts.ts';
import { readCostRows } from './readCostRows.ts';

/**
 * AWS: each account by service and usage type, from which the region follows. Cost Explorer groups by two dimensions only;
 * the account is the third, so each is asked for by itself.
 */
export const readAwsCosts: CostReader = async function* (reading) {
  const accounts = await readAccounts(reading);
  for (const account of accounts) {
    const rows = readCostRows(reading, {
      metrics: ['BilledCost', 'EffectiveCost', 'ConsumedQuantity'],
      groupBy: ['ServiceName', 'SkuMeter'],
      connectionIds: [reading.connectionId],
      // The filter would only make the request another one: the account is the whole of the bill.
      ...(accounts.length > 1 && {
        filter: { dimension: 'SubAccountId', in: [account.SubAccountId] },
      }),
    });
    for await (const row of rows) yield inAccount(row, account);
  }
};
