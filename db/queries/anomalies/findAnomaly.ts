import type { Anomaly } from '../../../core/contracts/anomaly.ts';
import type { Database } from '../../connect.ts';
import { fromAnomalyRow, selectAnomalies } from './anomalyRow.ts';

/** One anomaly with its drivers and actions; undefined where there is none. */
export async function findAnomaly(db: Database, id: string): Promise<Anomaly | undefined> {
  const row = await selectAnomalies(db).where('a.id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : fromAnomalyRow(row);
}
