import { z } from 'zod';
import { brief } from '../brief.ts';

const ROWS_MAX = 100;
const ROWS_DEFAULT = 20;

const uuid = z.uuid().toLowerCase();

/** Arguments that more than one of the platform's tools has. */
export const platformArgument = {
  anomalyId: uuid.describe('Anomaly id'),
  actionId: uuid.describe('Action id'),
  connectionId: uuid.describe('Connection id'),
  limit: z.int().min(1).max(ROWS_MAX).default(ROWS_DEFAULT).describe('Rows on a page'),
  cursor: brief(
    z.string().min(1).max(1000).optional(),
    'nextCursor, with the same other arguments',
  ),
};
