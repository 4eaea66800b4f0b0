import { z } from 'zod';
import type { Database } from '../connect.ts';

const SETTING = 'demo';

const DemoSeed = z.object({
  /** The UTC day that the demo was filled: its incidents are placed relative to it. */
  anchorDay: z.iso.date(),
  seededAt: z.iso.datetime(),
  /** False while the history is being written; a start that finds it false writes it again. */
  finished: z.boolean(),
});

/** When the demo was filled. */
export type DemoSeed = z.infer<typeof DemoSeed>;

/** When the demo was filled; undefined where it never was. */
export async function findDemoSeed(db: Database): Promise<DemoSeed | undefined> {
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('key', '=', SETTING)
    .executeTakeFirst();
  return row === undefined ? undefined : DemoSeed.parse(row.value);
}

/** Keeps when the demo was filled. */
export async function saveDemoSeed(db: Database, seed: DemoSeed): Promise<void> {
  const value = JSON.stringify(seed);
  await db
    .insertInto('settings')
    .values({ key: SETTING, value })
    .onConflict((oc) => oc.column('key').doUpdateSet({ value, updated_at: new Date() }))
    .execute();
}
