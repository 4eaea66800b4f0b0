import { addDays } from '../time/day.ts';
import { addMonths, firstOfMonth } from '../time/month.ts';

/** UTC days: `from` included, `to` excluded. */
interface DayPeriod {
  from: string;
  to: string;
}

/** Collects which days a file tells all of. */
export interface CoveredPeriods {
  /** A charge with its billing period, null where the file names none: then it is the calendar month of the charge. */
  add: (charge: string, billingStart: string | null, billingEnd: string | null) => void;
  /** The days so far, in order and apart from each other. */
  list: () => DayPeriod[];
}

/** Providers restate whole billing periods, so a file tells all of each billing period that it has a charge of. */
export function createCoveredPeriods(): CoveredPeriods {
  const periods = new Map<string, DayPeriod>();
  let lastStart: string | null = null;
  let lastEnd: string | null = null;
  return {
    add: (charge, billingStart, billingEnd) => {
      // Most rows are of the same period as the one before.
      if (billingStart !== null && billingStart === lastStart && billingEnd === lastEnd) return;
      lastStart = billingStart;
      lastEnd = billingEnd;
      const key = `${billingStart ?? charge.slice(0, 7)}/${billingEnd ?? ''}`;
      if (periods.has(key)) return;
      periods.set(key, toDays(charge, billingStart, billingEnd));
    },
    list: () => joined([...periods.values()]),
  };
}

function toDays(charge: string, start: string | null, end: string | null): DayPeriod {
  if (start !== null && end !== null) {
    const isWholeDay = end.slice(10) === 'T00:00:00Z';
    const lastDay = end.slice(0, 10);
    return { from: start.slice(0, 10), to: isWholeDay ? lastDay : addDays(lastDay, 1) };
  }
  const from = firstOfMonth(charge);
  return { from, to: addMonths(from, 1) };
}

function joined(periods: DayPeriod[]): DayPeriod[] {
  const result: DayPeriod[] = [];
  for (const period of periods.sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const before = result.at(-1);
    if (before !== undefined && period.from <= before.to) {
      if (period.to > before.to) before.to = period.to;
    } else {
      result.push({ ...period });
    }
  }
  return result;
}
