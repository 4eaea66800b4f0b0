import { z } from 'zod';
import { CostGuardError } from '../../core/errors.ts';
import { utcDay } from '../../core/time/day.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { reseedDemo } from '../../db/seed/reseedDemo.ts';
import { defineRoute } from '../http/route.ts';
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
  handle: async ({ db, pool, env, principal, now }) => {
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
    return { status: 200, body: { rows } };
  },
});
