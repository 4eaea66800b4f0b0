const DAY_MS = 86_400_000;

/** How many whole UTC days are missing up to yesterday, the newest day that can be complete; 0 where none is. */
export function lagDays(dataUntil: string | null, now: number): number {
  if (dataUntil === null) return 0;
  const yesterday = Math.floor(now / DAY_MS) - 1;
  return Math.max(0, yesterday - Math.floor(Date.parse(dataUntil) / DAY_MS));
}
