/** What is kept; a backup that any rule keeps stays. */
export interface BackupRetention {
  /** The newest ones, however old. */
  last: number;
  /** The newest one of each of so many UTC days that have one. */
  daily: number;
  /** The newest one of each of so many ISO weeks (Monday to Sunday, UTC) that have one. */
  weekly: number;
}

const DAY_MS = 86_400_000;
// 1970-01-01 was a Thursday.
const MONDAY_OFFSET_DAYS = 3;

/**
 * Splits backups into those to keep and those to remove, newest first. Days and weeks count only where they have a backup,
 * so that a pause in making them removes none.
 */
export function keepBackups<T extends { at: Date }>(
  backups: readonly T[],
  { last, daily, weekly }: BackupRetention,
): { kept: T[]; removed: T[] } {
  const newestFirst = [...backups].sort((a, b) => b.at.getTime() - a.at.getTime());
  const kept = new Set([
    ...newestFirst.slice(0, last),
    ...newestOfEach(newestFirst, dayOf).slice(0, daily),
    ...newestOfEach(newestFirst, (at) => Math.floor((dayOf(at) + MONDAY_OFFSET_DAYS) / 7)).slice(
      0,
      weekly,
    ),
  ]);
  return {
    kept: newestFirst.filter((backup) => kept.has(backup)),
    removed: newestFirst.filter((backup) => !kept.has(backup)),
  };
}

const dayOf = (at: Date): number => Math.floor(at.getTime() / DAY_MS);

function newestOfEach<T extends { at: Date }>(
  newestFirst: readonly T[],
  periodOf: (at: Date) => number,
): T[] {
  const seen = new Set<number>();
  return newestFirst.filter(({ at }) => {
    const period = periodOf(at);
    if (seen.has(period)) return false;
    seen.add(period);
    return true;
  });
}
