import type { Database } from '../../connect.ts';

const PRECISION_MS = 60_000;

/** Notes that a service account got a token, to the minute: many at once need not wait for each other’s row. */
export async function markServiceAccountUsed(tx: Database, id: string, now: Date): Promise<void> {
  const before = new Date(now.getTime() - PRECISION_MS);
  await tx
    .updateTable('service_accounts')
    .set({ last_used_at: now })
    .where('id', '=', id)
    .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', before)]))
    .execute();
}
