/** The envelope of a list of the API: the cursor of the next page, and what to know of one without rows. */
export function toListPart(
  page: { items: readonly unknown[]; next_cursor: string | null },
  whenEmpty: string,
): { nextCursor?: string; notes: string[] } {
  return {
    ...(page.next_cursor === null ? {} : { nextCursor: page.next_cursor }),
    notes: page.items.length === 0 ? [whenEmpty] : [],
  };
}
