import { Decimal } from 'decimal.js';

/** A UTC day's bill beside our prices; USD. */
export interface BillDay {
  day: string;
  /** What our prices come to, as far as there is a price. */
  ours: string;
  theirs: string;
  /** `theirs` less `ours`. */
  difference: string;
  /** Of the bill, one decimal; null where nothing was billed. */
  differencePercent: number | null;
}

/** The days of compared classes in the order in which they come, each summed exactly. */
export function sumBillDays(
  classes: readonly { day: string; ours: string | null; theirs: string }[],
): BillDay[] {
  const days = new Map<string, { ours: Decimal; theirs: Decimal }>();
  for (const { day, ours, theirs } of classes) {
    const sum = days.get(day) ?? { ours: new Decimal(0), theirs: new Decimal(0) };
    days.set(day, { ours: sum.ours.plus(ours ?? 0), theirs: sum.theirs.plus(theirs) });
  }
  return [...days].map(([day, { ours, theirs }]) => {
    const difference = theirs.minus(ours);
    return {
      day,
      ours: ours.toFixed(),
      theirs: theirs.toFixed(),
      difference: difference.toFixed(),
      differencePercent: theirs.isZero()
        ? null
        : difference.dividedBy(theirs).times(100).toDecimalPlaces(1).toNumber(),
    };
  });
}
