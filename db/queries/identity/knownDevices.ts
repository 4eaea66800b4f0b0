import { randomUUID } from 'node:crypto';
import type { Database } from '../../connect.ts';

const DEVICES_MAX = 10;

/** How long a browser stays known after its last sign-in. */
export const DEVICE_DAYS = 180;

/** The id of the browser that signed this person in before; undefined where it did not. */
export async function findKnownDevice(
  db: Database,
  device: { tokenHash: string; userId: string },
  now: Date,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('known_devices')
    .select('id')
    .where('token_hash', '=', device.tokenHash)
    .where('user_id', '=', device.userId)
    .where('last_used_at', '>', new Date(now.getTime() - DEVICE_DAYS * 86_400_000))
    .executeTakeFirst();
  return row?.id;
}

/** Notes that a known browser signed its person in again. */
export async function touchKnownDevice(db: Database, id: string, now: Date): Promise<void> {
  await db.updateTable('known_devices').set({ last_used_at: now }).where('id', '=', id).execute();
}

/** Makes a browser known for a person, who has at most ten: those used longest ago are forgotten. */
export async function addKnownDevice(
  tx: Database,
  device: { tokenHash: string; userId: string },
  now: Date,
): Promise<void> {
  await tx
    .insertInto('known_devices')
    .values({
      id: randomUUID(),
      token_hash: device.tokenHash,
      user_id: device.userId,
      last_used_at: now,
    })
    .execute();
  await tx
    .deleteFrom('known_devices')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('known_devices')
        .select('id')
        .where('user_id', '=', device.userId)
        .orderBy('last_used_at', 'desc')
        .orderBy('id')
        .offset(DEVICES_MAX),
    )
    .execute();
}
