import { z } from 'zod';

/** A span of UTC days, the end excluded, whatever the provider's own API says. */
export const Period = z
  .strictObject({
    start: z.iso.date().describe('First UTC day'),
    end: z.iso.date().describe('Day after the last'),
  })
  .refine(({ start, end }) => start < end, { path: ['end'], message: 'must be after start' })
  .describe('YYYY-MM-DD, end excluded');

/** A span of UTC days, the end excluded. */
export type Period = z.infer<typeof Period>;
