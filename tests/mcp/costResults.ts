/** One group of one day in a GetCostAndUsage answer. */
export interface Group {
  keys: string[];
  amount: string;
  quantity?: string;
  unit?: string;
  currency?: string;
}

const DAY_MS = 86_400_000;

/** The UTC day so many days from another. */
export const day = (from: string, offset: number): string =>
  new Date(Date.parse(from) + offset * DAY_MS).toISOString().slice(0, 10);

/** Results of GetCostAndUsage for consecutive days, as Cost Explorer shapes them. */
export function dailyResults(
  start: string,
  days: readonly (readonly Group[])[],
  options: { estimatedFrom?: string } = {},
): unknown[] {
  return days.map((groups, i) => ({
    TimePeriod: { Start: day(start, i), End: day(start, i + 1) },
    Estimated: options.estimatedFrom !== undefined && day(start, i) >= options.estimatedFrom,
    Total: {},
    Groups: groups.map(({ keys, amount, quantity, unit = 'Hrs', currency = 'USD' }) => ({
      Keys: keys,
      Metrics: {
        UnblendedCost: { Amount: amount, Unit: currency },
        AmortizedCost: { Amount: amount, Unit: currency },
        ...(quantity === undefined ? {} : { UsageQuantity: { Amount: quantity, Unit: unit } }),
      },
    })),
  }));
}
