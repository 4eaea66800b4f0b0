/** How a closed FOCUS dimension is read from a provider's values, and which of them stand for one of its own. */
export interface CategoryMapping {
  /** The FOCUS value; null for a value that is not in the table. */
  read: (value: string) => string | null;
  /** The provider's values; none where no such FOCUS value is in the table. */
  write: (value: string) => string[];
}

/** A mapping by a table of FOCUS values; `normalise` makes spellings of one value of the provider's equal. */
export function categoryMapping(
  table: Readonly<Record<string, string>>,
  normalise: (value: string) => string = (value) => value,
): CategoryMapping {
  const byName = new Map(Object.entries(table).map(([from, to]) => [normalise(from), to]));
  return {
    read: (value) => byName.get(normalise(value)) ?? null,
    write: (value) => Object.entries(table).flatMap(([from, to]) => (to === value ? [from] : [])),
  };
}
