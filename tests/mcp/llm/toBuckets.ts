/** A record of the stub's books: when, under which groups, and whole numbers or decimals that add up. */
export interface BookEntry {
  /** Milliseconds since 1970. */
  at: number;
  /** The provider's own field names. */
  groups: Readonly<Record<string, string | boolean | null>>;
  amounts: Readonly<Record<string, string>>;
}

/** One group of a bucket with its sums. */
export interface BookSum {
  groups: Record<string, string | boolean | null>;
  amounts: Record<string, string>;
}

/** What a report is asked for. */
export interface BookQuestion {
  from: number;
  to: number;
  widthMs: number;
  groupBy: readonly string[];
  /** Buckets on a page. */
  limit: number;
  /** As `next` of the page before. */
  page: string | null;
}

/** A page of buckets; days without anything have an empty one, as both providers give them. */
export interface BookPage {
  buckets: { start: number; end: number; sums: BookSum[] }[];
  next: string | null;
}

/** Sums the books by bucket and group, exactly and by means of its own: the stub shares no arithmetic with the server. */
export function toBuckets(entries: readonly BookEntry[], question: BookQuestion): BookPage {
  const { from, to, widthMs, limit, page } = question;
  const first = Math.floor(from / widthMs) * widthMs;
  const skip = page === null ? 0 : Number(Buffer.from(page, 'base64url').toString().slice(5));
  const buckets: BookPage['buckets'] = [];
  let start = first + skip * widthMs;
  for (; start < to && buckets.length < limit; start += widthMs) {
    const inside = entries.filter(({ at }) => at >= start && at < start + widthMs);
    buckets.push({ start, end: start + widthMs, sums: sumGroups(inside, question.groupBy) });
  }
  const next = `page_${skip + buckets.length}`;
  return { buckets, next: start < to ? Buffer.from(next).toString('base64url') : null };
}

function sumGroups(entries: readonly BookEntry[], groupBy: readonly string[]): BookSum[] {
  const sums = new Map<string, BookSum>();
  for (const { groups, amounts } of entries) {
    const own = Object.fromEntries(groupBy.map((name) => [name, groups[name] ?? null]));
    const key = JSON.stringify(own);
    const sum = sums.get(key) ?? { groups: own, amounts: {} };
    for (const [name, amount] of Object.entries(amounts)) {
      sum.amounts[name] = addDecimals(sum.amounts[name] ?? '0', amount);
    }
    sums.set(key, sum);
  }
  return [...sums.values()];
}

const PLACES = 30;

/** Adds decimals as whole numbers of 10^-30. */
export function addDecimals(a: string, b: string): string {
  const sum = toUnits(a) + toUnits(b);
  const digits = String(sum < 0n ? -sum : sum).padStart(PLACES + 1, '0');
  const text = `${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`.replace(/\.?0+$/, '');
  return `${sum < 0n ? '-' : ''}${text}`;
}

function toUnits(text: string): bigint {
  const negative = text.startsWith('-');
  const [whole = '0', part = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole + part.padEnd(PLACES, '0'));
  return negative ? -units : units;
}
