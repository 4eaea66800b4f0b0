const DAYS = 7;

/** The mean of each day and the six before it, which evens out weekends; null where fewer days are known. */
export function weekMean(values: readonly number[]): (number | null)[] {
  let sum = 0;
  return values.map((value, place) => {
    sum += value - (values[place - DAYS] ?? 0);
    return place < DAYS - 1 ? null : sum / DAYS;
  });
}
