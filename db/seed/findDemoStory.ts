import type { DemoStory } from '../../core/demo/demoCosts.ts';
import type { Database } from '../connect.ts';
import { findDemoSeed } from './demoSeed.ts';
import { listInstanceChanges } from './listInstanceChanges.ts';

/** What the demo's costs follow from on the day `today`; undefined in a database that holds no demo. */
export async function findDemoStory(db: Database, today: string): Promise<DemoStory | undefined> {
  const seed = await findDemoSeed(db);
  if (seed === undefined) return undefined;
  return { anchorDay: seed.anchorDay, today, changes: await listInstanceChanges(db) };
}
