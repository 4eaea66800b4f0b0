import { z } from 'zod';
import { Id } from './scalars.ts';

/** A UTC calendar month. */
export const Month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be YYYY-MM')
  .meta({ description: 'UTC month, YYYY-MM', example: '2026-05' });

/** A month of history that could not be read, and why. */
const FailedMonth = z.object({
  month: Month,
  code: z.string().nullable(),
  detail: z.string().nullable(),
});

/** How far the reading of a connection's history is; a connection has none where none is to be read. */
export const BackfillProgress = z.object({
  state: z.enum(['running', 'done', 'failed']).meta({
    description: 'running: months are still to be read; failed: a person can have some read again',
  }),
  months: z.int().meta({ description: 'Months of history in all' }),
  done: z.int().meta({ description: 'Months that are read' }),
  rows: z.int().meta({ description: 'Charges that they hold' }),
  waitingFor: z.string().nullable().meta({ description: 'Why it does not go on at the moment' }),
  failed: z.array(FailedMonth).meta({ description: 'Months that could not be read' }),
});

/** How far the reading of a connection's history is. */
export type BackfillProgress = z.infer<typeof BackfillProgress>;

/** Which months of history to read; without any, those that are not read yet. */
export const BackfillRequest = z
  .strictObject({ months: z.array(Month).min(1).max(36).optional() })
  .meta({ id: 'BackfillRequest' });

/** A reading of history that was asked for: the months that are to be read now. */
export const BackfillReply = z
  .object({ connectionId: Id, workflowId: z.string(), months: z.array(Month) })
  .meta({ id: 'BackfillReply' });
