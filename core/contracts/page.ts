import { z } from 'zod';

/** How a list is asked for: `limit` rows after `cursor`. */
export const PageQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(50)
    .meta({ description: 'Rows in a page, at most 200' }),
  cursor: z
    .string()
    // A name of 100 characters takes up to 900 once it is percent-encoded.
    .max(1000)
    .optional()
    .meta({ description: '`next_cursor` of the page before; absent for the first page' }),
};

/** A page of a keyset-paginated list; `next_cursor` is null on the last one. */
export function pageOf<T extends z.ZodType>(id: string, item: T) {
  return z
    .object({
      items: z.array(item),
      next_cursor: z
        .string()
        .nullable()
        .meta({ description: 'Cursor of the next page, null at the end' }),
    })
    .meta({ id });
}
