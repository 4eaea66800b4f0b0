import { z } from 'zod';
import { Id } from './scalars.ts';

/** The path parameter of everything that has an id. */
export const IdParams = z.strictObject({ id: Id });
