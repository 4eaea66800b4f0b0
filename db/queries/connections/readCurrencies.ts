import type { CurrencySpan } from '../../../core/connections/currencyNotice.ts';
import type { Database } from '../../connect.ts';

/** The currencies of a connection's costs from a UTC day on, each with its first and last day of them. */
export async function readCurrencies(
  db: Database,
  { connectionId, from }: { connectionId: string; from: string },
): Promise<CurrencySpan[]> {
  const rows = await db
    .selectFrom('cost_daily')
    .select((eb) => [
      'billing_currency as currency',
      eb.fn.min<string>('day').as('first'),
      eb.fn.max<string>('day').as('last'),
    ])
    .where('connection_id', '=', connectionId)
    .where('day', '>=', from)
    .where('billed_cost', '<>', '0')
    .groupBy('billing_currency')
    .orderBy('billing_currency')
    .execute();
  return rows;
}
