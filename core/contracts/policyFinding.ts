import { z } from 'zod';
import { Id } from './scalars.ts';

/** What one policy says of an action. */
export const PolicyFinding = z
  .object({
    policyId: Id,
    name: z.string(),
    type: z.string().meta({ description: 'The type of the policy’s rule, such as protect' }),
    effect: z.enum(['refuse', 'warn', 'wait', 'approvals']).meta({
      description:
        'refuse: it must not be; warn: read this; wait: only later; approvals: who has to approve',
    }),
    detail: z.string().meta({ description: 'A sentence that names the policy' }),
  })
  .meta({ id: 'PolicyFinding' });

/** What one policy says of an action. */
export type PolicyFinding = z.infer<typeof PolicyFinding>;
