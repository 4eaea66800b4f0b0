import { z } from 'zod';
import { Instant } from './scalars.ts';

/** One step of carrying a plan out, or of the way back, with how far it is. */
export const ActionStep = z
  .object({
    name: z.string(),
    title: z.string(),
    direction: z.enum(['forward', 'back']),
    changes: z.boolean().meta({ description: 'Whether it may change the resource' }),
    state: z.enum(['waiting', 'running', 'done', 'interrupted', 'not_reached']).meta({
      description:
        'interrupted: it began, and the action went another way; not_reached: it never began and will not',
    }),
    attempts: z.int().meta({ description: 'How often it began; 0 before the first' }),
    startedAt: Instant.nullable(),
    finishedAt: Instant.nullable(),
  })
  .meta({ id: 'ActionStep' });

/** One step of carrying a plan out, or of the way back, with how far it is. */
export type ActionStep = z.infer<typeof ActionStep>;
