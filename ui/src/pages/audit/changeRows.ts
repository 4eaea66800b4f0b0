/** One field of an entry's detail: its old and its new value as text, undefined where there is none. */
export interface ChangeRow {
  field: string;
  before: string | undefined;
  after: string | undefined;
}

/** What a change changed, and what else its entry says. */
export interface Change {
  /** Fields that differ between `before` and `after`; empty where the entry is no change. */
  changed: ChangeRow[];
  /** How many fields stayed as they were. */
  same: number;
  /** All that is not `before` and `after`. */
  facts: [string, string][];
}

/** Splits an entry's detail; a thing that was made has no `before`, one that was deleted no `after`. */
export function changeRows(detail: Record<string, unknown>): Change {
  const { before, after, ...rest } = detail;
  const [old, fresh] = [fieldsOf(before, 'value'), fieldsOf(after, 'value')];
  const fields = [...new Set([...Object.keys(old), ...Object.keys(fresh)])];
  const rows = fields.map((field) => ({
    field,
    before: toText(old[field]),
    after: toText(fresh[field]),
  }));
  const changed = rows.filter((row) => row.before !== row.after);
  const facts = Object.entries(rest).map(([name, value]): [string, string] => [
    name,
    toText(value) ?? '',
  ]);
  return { changed, same: rows.length - changed.length, facts };
}

function fieldsOf(value: unknown, name: string): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  return { [name]: value };
}

function toText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
