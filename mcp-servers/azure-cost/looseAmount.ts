import { z } from 'zod';
import { toDecimalString } from '../../core/money/money.ts';

/**
 * An amount as an exact decimal; undefined for what is none. For findings only, of which one without an amount must not
 * hide the others; costs are never read with it.
 */
export const LooseAmount = z
  .unknown()
  .optional()
  .transform((value) => {
    try {
      return typeof value === 'string' ? toDecimalString(value) : undefined;
    } catch {
      return undefined;
    }
  });
