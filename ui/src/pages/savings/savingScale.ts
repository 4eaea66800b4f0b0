/** One bar: promised and realised a month, with the interval of what was realised; currency units. */
export interface SavingBar {
  id: string;
  label: string;
  promised: number | null;
  saved: number;
  lower: number;
  upper: number;
}

/** Turns amounts into shares of the width that all bars and zero have together, in percent. */
export function savingScale(bars: readonly SavingBar[]): (amount: number) => number {
  const all = [0, ...bars.flatMap((bar) => [bar.promised ?? 0, bar.saved, bar.lower, bar.upper])];
  const low = Math.min(...all);
  const width = Math.max(...all) - low;
  return (amount) => (width === 0 ? 0 : (100 * (amount - low)) / width);
}
