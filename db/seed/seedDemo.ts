import type pg from 'pg';
import { DEMO_BUDGETS } from '../../core/demo/demoBudgets.ts';
import { DEMO_CONNECTIONS, type DemoConnection } from '../../core/demo/demoConnections.ts';
import { demoCosts, demoHistoryStart, type DemoStory } from '../../core/demo/demoCosts.ts';
import { addDays } from '../../core/time/day.ts';
import type { Database } from '../connect.ts';
import { replaceCosts } from '../queries/costs/replaceCosts.ts';
import { findDemoSeed, saveDemoSeed } from './demoSeed.ts';
import { isEmpty } from './isEmpty.ts';
import { onPool } from './onPool.ts';
import { replaceDemoLlm } from './replaceDemoLlm.ts';
import { withDemoLock } from './withDemoLock.ts';

/** The UTC day it is, and the instant at which the costs count as seen. */
export interface SeedOptions {
  today: string;
  /** Default: now. */
  seenAt?: Date;
}

/** What seeding did. */
export interface SeedResult {
  /** False where the database was not empty. */
  seeded: boolean;
  rows: number;
}

/** The newest days of AWS that come through a real poll of the demo account: its restatement window. */
export const POLLED_DAYS = 14;

const POLL_INTERVAL_MINUTES = 60;

/**
 * Fills an empty database with the five demo connections, their history of 13 months, the use of language models in it, and three
 * budgets; anything else it leaves alone.
 * A seed that was cut off is written again. Safe to call from many replicas at once.
 */
export async function seedDemo(pool: pg.Pool, options: SeedOptions): Promise<SeedResult> {
  const db = onPool(pool);
  return withDemoLock(pool, async () => {
    const earlier = await findDemoSeed(db);
    const isCutOff = earlier !== undefined && !earlier.finished;
    if (!isCutOff && !(await isEmpty(db))) return { seeded: false, rows: 0 };
    return { seeded: true, rows: await fillDemo(pool, options) };
  });
}

/** Writes the demo from `today` on backwards; the caller holds the demo's lock. Returns how many cost rows it wrote. */
export async function fillDemo(pool: pg.Pool, options: SeedOptions): Promise<number> {
  const db = onPool(pool);
  const seenAt = options.seenAt ?? new Date();
  const seed = { anchorDay: options.today, seededAt: seenAt.toISOString() };
  const story: DemoStory = { anchorDay: options.today, today: options.today, changes: [] };
  await saveDemoSeed(db, { ...seed, finished: false });
  let rows = 0;
  for (const connection of DEMO_CONNECTIONS) {
    await insertDemoConnection(db, connection, seenAt);
    rows += await fillHistory(pool, connection, story, seenAt);
    const period = { from: demoHistoryStart(options.today), to: options.today, seenAt };
    await replaceDemoLlm(db, connection, period, story);
  }
  await insertDemoBudgets(db);
  await saveDemoSeed(db, { ...seed, finished: true });
  return rows;
}

async function insertDemoConnection(
  db: Database,
  connection: DemoConnection,
  seenAt: Date,
): Promise<void> {
  const { id, provider, name, mode, polled } = connection;
  await db
    .insertInto('connections')
    .values({
      id,
      provider,
      name,
      mode,
      demo: true,
      poll_interval_minutes: POLL_INTERVAL_MINUTES,
      ...(polled ? {} : { last_poll_at: seenAt, health_status: 'healthy' }),
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .execute();
}

async function insertDemoBudgets(db: Database): Promise<void> {
  for (const { id, name, amount, currency, period, filter, fractions } of DEMO_BUDGETS) {
    await db
      .insertInto('budgets')
      .values({
        id,
        name,
        amount,
        currency,
        period,
        filter: JSON.stringify(filter),
        fractions: fractions.map(String),
      })
      // Also where somebody has a budget of that name.
      .onConflict((oc) => oc.doNothing())
      .execute();
  }
}

async function fillHistory(
  pool: pg.Pool,
  { id, provider, polled }: DemoConnection,
  story: DemoStory,
  seenAt: Date,
): Promise<number> {
  const period = {
    from: demoHistoryStart(story.anchorDay),
    to: polled ? addDays(story.today, -POLLED_DAYS) : story.today,
  };
  const rows = demoCosts(provider, period, story);
  const result = await replaceCosts(pool, { connectionId: id, provider, ...period, rows, seenAt });
  return result.rows;
}
