import { z } from 'zod';

/** The argument of prompts about a calendar month. */
export const MonthArgument = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be YYYY-MM')
  .describe('Calendar month in UTC, YYYY-MM');
