import { z } from 'zod';
import type { TestApi } from './startTestApi.ts';

const AnyPage = z.object({
  items: z.array(z.record(z.string(), z.unknown())),
  next_cursor: z.string().nullable(),
});

/** Follows the cursors of a list to its end; `between` runs after each page but the last. */
export async function readAllPages(
  api: TestApi,
  as: Record<string, string>,
  path: string,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let next = '';
  for (;;) {
    const separator = path.includes('?') ? '&' : '?';
    const reply = await api.call('GET', `${path}${next === '' ? '' : separator + next}`, { as });
    if (reply.status !== 200) throw new Error(`Reading a page failed: ${reply.text}`);
    const page = reply.read(AnyPage);
    items.push(...page.items);
    if (page.next_cursor === null) return items;
    next = new URLSearchParams({ cursor: page.next_cursor }).toString();
    await between();
  }
}
