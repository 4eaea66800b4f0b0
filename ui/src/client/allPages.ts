import { unwrap } from './api';

/** One page of a list. */
interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** Reads a list whole, page after page. @throws ApiError */
export async function allPages<T>(
  read: (options: {
    params: { query: { limit: number; cursor?: string } };
  }) => Promise<{ data?: Page<T>; error?: unknown; response: Response }>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const query = { limit: 200, ...(cursor !== null && { cursor }) };
    const page: Page<T> = await unwrap(read({ params: { query } }));
    all.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return all;
}
