import { expired, fingerprint, type Page } from './cursor.ts';

/** One page of a list without amounts, as far as the envelope needs it. */
export interface ListPage<Row> {
  rows: Row[];
  nextCursor?: string;
  truncated: boolean;
}

/**
 * Cuts one page out of a list in a fixed order.
 *
 * @throws ToolError `CURSOR_EXPIRED` when the position is one of another list
 */
export function toListPage<Row>(
  all: readonly Row[],
  { limit, position, seal }: Page,
): ListPage<Row> {
  const version = fingerprint(all);
  if (position && position.version !== version) throw expired();
  const offset = position?.offset ?? 0;
  const rows = all.slice(offset, offset + limit);
  const end = offset + rows.length;
  return {
    rows,
    ...(end < all.length ? { nextCursor: seal({ offset: end, version }) } : {}),
    truncated: rows.length < all.length,
  };
}
