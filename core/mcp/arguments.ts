import { z } from 'zod';
import { brief } from './brief.ts';
import { Dimension } from './dimension.ts';

const PAGE_ROWS_MAX = 1000;
const PAGE_ROWS_DEFAULT = 100;

/** An opaque connection id; never a credential. */
export const ConnectionId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -');

/** Arguments that more than one tool has. */
export const argument = {
  connectionId: brief(ConnectionId.optional(), 'Connection'),
  connectionIds: z
    .array(brief(ConnectionId, 'Id'))
    .min(1)
    .max(20)
    .optional()
    .describe('Connections; default: all'),
  groupBy: z
    .array(Dimension)
    .max(2)
    .default([])
    .describe('Up to two, e.g. ServiceName, RegionId, SubAccountId, SkuMeter, Tags:<key>'),
  limit: z.int().min(1).max(PAGE_ROWS_MAX).default(PAGE_ROWS_DEFAULT).describe('Rows on a page'),
  cursor: brief(
    z.string().min(1).max(2048).optional(),
    'nextCursor, with the same other arguments',
  ),
  minAmount: z
    .string()
    .regex(/^\d{1,15}(\.\d{1,10})?$/, 'must be a plain decimal number such as 12.50')
    .optional(),
  maxAgeSeconds: z
    .int()
    .min(0)
    .max(2_592_000)
    .optional()
    .describe('Refuse cached answers older than this; may cost a paid request'),
};
