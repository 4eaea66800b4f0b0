import { z } from 'zod';
import { Instant } from './scalars.ts';

/** What the due replacement of the signing key came to. */
export const KeyRotation = z
  .object({
    rotated: z.boolean().meta({ description: 'false where the key is young enough' }),
    kid: z.string().nullable().meta({ description: 'The new key' }),
    signsFrom: Instant.nullable().meta({
      description: 'When it begins to sign; it is published before',
    }),
  })
  .meta({ id: 'KeyRotation' });

/** What the due replacement of the signing key came to. */
export type KeyRotation = z.infer<typeof KeyRotation>;
