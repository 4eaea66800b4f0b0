import { sql } from 'kysely';
import { z } from 'zod';
import type { Database } from '../../db/connect.ts';
import { defineRoute } from '../http/route.ts';
import type { Services } from '../services.ts';
import { withinSeconds } from './withinSeconds.ts';

const Alive = z.object({ status: z.literal('ok') }).meta({ id: 'Alive' });

const PartState = z.enum(['ok', 'unavailable']);

const Readiness = z
  .object({ status: z.enum(['ready', 'not_ready']), postgres: PartState, temporal: PartState })
  .meta({ id: 'Readiness' });

/** The process answers. */
export const getHealth = defineRoute({
  method: 'get',
  path: '/healthz',
  summary: 'Whether the process lives',
  tag: 'System',
  access: 'public',
  replies: { 200: Alive },
  handle: () => Promise.resolve({ status: 200 as const, body: { status: 'ok' as const } }),
});

/** The process and what it needs answer. */
export const getReadiness = defineRoute({
  method: 'get',
  path: '/readyz',
  summary: 'Whether Postgres and Temporal answer',
  tag: 'System',
  access: 'public',
  replies: { 200: Readiness, 503: Readiness },
  handle: async ({ db, temporal }) => {
    const [postgres, temporalState] = await Promise.all([
      checkPostgres(db),
      checkTemporal(temporal),
    ]);
    const isReady = postgres === 'ok' && temporalState === 'ok';
    const parts = { postgres, temporal: temporalState };
    return isReady
      ? { status: 200, body: { status: 'ready' as const, ...parts } }
      : { status: 503, body: { status: 'not_ready' as const, ...parts } };
  },
});

async function checkPostgres(db: Database): Promise<z.infer<typeof PartState>> {
  try {
    await sql`select 1`.execute(db);
    return 'ok';
  } catch {
    return 'unavailable';
  }
}

async function checkTemporal(temporal: Services['temporal']): Promise<z.infer<typeof PartState>> {
  try {
    await withinSeconds(temporal, 3, () => temporal.workflowService.getSystemInfo({}));
    return 'ok';
  } catch {
    return 'unavailable';
  }
}
