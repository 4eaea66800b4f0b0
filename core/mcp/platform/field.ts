import { z } from 'zod';
import { ExactDecimal } from '../costRow.ts';

/** Fields of results, each with what it says. */
export const field = {
  text: (description: string) => z.string().describe(description),
  textOrNull: (description: string) => z.string().nullable().describe(description),
  amount: (description: string) => ExactDecimal.describe(description),
  amountOrNull: (description: string) => ExactDecimal.nullable().describe(description),
  day: (description: string) => z.iso.date().describe(description),
  dayOrNull: (description: string) => z.iso.date().nullable().describe(description),
  instant: (description: string) => z.iso.datetime().describe(description),
  instantOrNull: (description: string) => z.iso.datetime().nullable().describe(description),
  number: (description: string) => z.number().describe(description),
  flag: (description: string) => z.boolean().describe(description),
};
