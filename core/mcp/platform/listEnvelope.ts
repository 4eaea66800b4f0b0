import { z } from 'zod';
import { unlisted } from '../brief.ts';
import { PageEnvelope } from '../envelope.ts';

/** What every list of the platform has besides its rows. */
export const ListEnvelope = {
  ...PageEnvelope,
  notes: unlisted(z.array(z.string()), 'What to know of this result'),
};
