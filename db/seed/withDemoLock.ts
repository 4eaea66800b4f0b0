import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';

const RETRY_MS = 200;

/**
 * Runs `work` while no other process fills or empties the demo. Waiting holds no connection of the pool: `work` needs
 * one, and many waiters would leave it none.
 */
export async function withDemoLock<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const client = await pool.connect();
    try {
      const reply = await client.query<{ locked: boolean }>(
        `select pg_try_advisory_lock(hashtext('costguard_demo')) as locked`,
      );
      if (reply.rows[0]?.locked) {
        try {
          return await work();
        } finally {
          await client.query(`select pg_advisory_unlock(hashtext('costguard_demo'))`);
        }
      }
    } finally {
      client.release();
    }
    await wait(RETRY_MS);
  }
}
