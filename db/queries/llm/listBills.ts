import { Decimal } from 'decimal.js';
import type { LlmBillClass } from '../../../core/contracts/llmBill.ts';
import { billStatus } from '../../../core/llm/billStatus.ts';
import type { LlmMeter } from '../../../core/llm/meters.ts';
import type { Database } from '../../connect.ts';

/** The compared bills of a connection from a UTC day on, the newest day first, and what is billed most before what is billed least. */
export async function listBills(
  db: Database,
  { connectionId, from }: { connectionId: string; from: string },
): Promise<LlmBillClass[]> {
  const rows = await db
    .selectFrom('llm_reconciliations as r')
    .innerJoin('connections as c', 'c.id', 'r.connection_id')
    .selectAll('r')
    .select('c.provider')
    .where('r.day', '>=', from)
    .where('r.currency', '=', 'USD')
    .where('r.connection_id', '=', connectionId)
    .orderBy('r.day', 'desc')
    .orderBy('r.theirs', 'desc')
    .orderBy('r.model')
    .orderBy('r.meter')
    .execute();
  return rows.map((row) => {
    const { ours, ours_max: oursMax, is_unpriced: isUnpriced, theirs } = row;
    const lines = row.lines as Record<string, string>;
    return {
      connectionId: row.connection_id,
      provider: row.provider as LlmBillClass['provider'],
      day: row.day,
      model: row.model,
      meter: row.meter === '' ? null : (row.meter as LlmMeter),
      status: billStatus({ ours, oursMax, isUnpriced, theirs, lines }),
      ours,
      oursMax,
      theirs,
      difference: new Decimal(theirs).minus(ours ?? 0).toFixed(),
      lines: Object.entries(lines).map(([name, amount]) => ({ name, amount })),
      checkedAt: row.checked_at.toISOString(),
    };
  });
}
