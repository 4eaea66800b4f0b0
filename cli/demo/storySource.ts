import type { Logger } from 'pino';
import type { DemoStory } from '../../core/demo/demoCosts.ts';
import { utcDay } from '../../core/time/day.ts';
import type { Database } from '../../db/connect.ts';
import { findDemoSeed } from '../../db/seed/demoSeed.ts';
import { listInstanceChanges } from '../../db/seed/listInstanceChanges.ts';

/** The demo's story as the database tells it now. */
export interface CurrentStory {
  story: DemoStory;
  /** When the demo was filled; undefined while no database has told it. */
  seededAt: string | undefined;
}

/**
 * Reads the story anew at each call. Without a database, or while it does not answer, the last known one holds; before
 * there is any, the demo counts as filled on the day this process started.
 */
export function createStorySource(
  db: Database | undefined,
  now: () => Date,
  log: Logger,
): () => Promise<CurrentStory> {
  let known: { anchorDay: string; changes: DemoStory['changes']; seededAt: string | undefined } = {
    anchorDay: utcDay(now()),
    changes: [],
    seededAt: undefined,
  };
  return async () => {
    try {
      const seed = db && (await findDemoSeed(db));
      if (db && seed) {
        const { anchorDay, seededAt } = seed;
        known = { anchorDay, seededAt, changes: await listInstanceChanges(db) };
      }
    } catch (err) {
      log.warn({ err }, 'The database did not tell the demo’s story; the last known one holds');
    }
    const { seededAt, ...story } = known;
    return { story: { ...story, today: utcDay(now()) }, seededAt };
  };
}
