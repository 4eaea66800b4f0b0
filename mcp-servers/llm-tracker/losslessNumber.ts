import { LosslessNumber } from 'lossless-json';
import { z } from 'zod';
import { ExactDecimal } from '../../core/mcp/costRow.ts';
import { toDecimalString } from '../../core/money/money.ts';

const digits = z.instanceof(LosslessNumber).transform(({ value }) => value);

/** A JSON number, or a decimal number as text, in its exact plain form. OpenAI sends amounts in both. */
export const Amount = z.union([digits, z.string()]).transform(toDecimalString).pipe(ExactDecimal);

/** A JSON number that counts something: a whole number, not negative. */
export const Count = digits.pipe(z.string().regex(/^\d{1,30}$/)).transform(BigInt);

/** A JSON number of seconds since 1970 as milliseconds. */
export const UnixSeconds = digits
  .pipe(z.string().regex(/^\d{1,11}$/))
  .transform((seconds) => Number(seconds) * 1000);
