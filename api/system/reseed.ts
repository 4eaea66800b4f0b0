import { z } from 'zod';
import { detectiveScheduleId } from '../../core/connections/scheduleId.ts';
import { CostGuardError } from '../../core/errors.ts';
import { utcDay } from '../../core/time/day.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { listConnections } from '../../db/queries/connections/listConnections.ts';
import { reseedDemo } from '../../db/seed/reseedDemo.ts';
import { defineRoute } from '../http/route.ts';
import { withinSeconds } from './withinSeconds.ts';
import { actorOf } from '../identity/actor.ts';

const Reseeded = z.object({ rows: z.int() }).meta({ id: 'Reseeded' });

/** Fills the demo database again. */
export const reseed = defineRoute({
  method: 'post',
  path: '/api/v1/admin/reseed',
  summary: 'Fill the demo database again (demo mode only)',
  tag: 'System',
  access: { scope: 'demo:reseed' },
  replies: { 200: Reseeded },
  errors: ['reseed_refused'],
  handle: async ({ db, pool, env, principal, now, temporal, requestLog }) => {
    if (!env.DEMO_MODE)
      throw new CostGuardError('reseed_refused', 'Start with DEMO_MODE=true to use demo data.');
    const { rows } = await reseedDemo(pool, { today: utcDay(now()) });
    await db.transaction().execute((tx) =>
      appendAudit(tx, {
        ...actorOf(principal),
        operation: 'demo.reseed',
        subject: null,
        detail: { rows },
      }),
    );
    // The newest days come through a poll, and a poll of now need not wait for its schedule.
    const { items } = await listConnections(db, { limit: 200 });
    for (const { id } of items) {
      await withinSeconds(temporal, 3, () =>
        temporal.schedule.getHandle(detectiveScheduleId(id)).trigger('SKIP'),
      ).catch((error: unknown) => {
        requestLog.info(
          { err: error, connectionId: id },
          'the poll after a re-seed comes by its schedule',
        );
      });
    }
    return { status: 200, body: { rows } };
  },
});
