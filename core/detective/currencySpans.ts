import { addDays } from '../time/day.ts';
import type { ConnectionView } from './connectionView.ts';
import type { JudgedSpan } from './judgeSeries.ts';

/**
 * The days of a connection that are judged in each currency of its costs: those of `span` on which the currency has a past
 * and goes on. Before its first day every service would look new, and where another currency has taken its place every
 * service would look ended, though only the bill was changed.
 */
export function currencySpans(
  { series }: Pick<ConnectionView, 'series'>,
  span: JudgedSpan,
): Map<string, JudgedSpan> {
  const known = new Map<string, { first: string; last: string }>();
  for (const { currency, days } of series) {
    for (const { date, cost } of days) {
      if (Number(cost) === 0) continue;
      const so = known.get(currency) ?? { first: date, last: date };
      known.set(currency, {
        first: date < so.first ? date : so.first,
        last: date > so.last ? date : so.last,
      });
    }
  }
  return new Map(
    [...known].map(([currency, { first, last }]) => {
      const isReplaced = [...known.values()].some((other) => other.first > last);
      // The day on which one currency ends and the other begins may be split between both.
      const until = isReplaced ? addDays(last, -1) : span.to;
      return [
        currency,
        { from: first > span.from ? first : span.from, to: until < span.to ? until : span.to },
      ];
    }),
  );
}
