import type { z } from 'zod';

/**
 * Marks a part of a schema that tool lists show by its description only, since every client loads the list into a
 * model's context. Both sides still validate with the whole schema.
 */
export const brief = <Schema extends z.ZodType>(schema: Schema, description: string): Schema =>
  schema.meta({ brief: true, description });

/**
 * Marks a field of a result that tool lists leave out: what every result has, which a model understands when it sees it.
 */
export const unlisted = <Schema extends z.ZodType>(schema: Schema, description: string): Schema =>
  schema.meta({ unlisted: true, description });
