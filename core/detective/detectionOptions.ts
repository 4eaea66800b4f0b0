import type { DetectionOptions, ExpectedMark } from '../detection/series.ts';
import { addDays } from '../time/day.ts';
import {
  type ConnectionView,
  isSamePlace,
  type SeriesKey,
  seriesId,
  type SeriesVerdict,
} from './connectionView.ts';

// What CostGuard resizes is billed anew within that many days.
const RESIZE_DAYS = 7;
const COMPUTE = 'Amazon Elastic Compute Cloud - Compute';
const MARKED_DAYS_MAX = 62;

/**
 * How one series is to be judged: the connection's sensitivity and floors, what people said of the series (or of the whole
 * that a meter belongs to), and what CostGuard itself changed there.
 */
export function detectionOptions(view: ConnectionView, series: SeriesKey): DetectionOptions {
  const { sensitivity, minDailyImpact, minTotalImpact } = view.settings;
  const own = view.verdicts.filter((verdict) => isAbout(verdict, series));
  return {
    sensitivity,
    minDailyImpact,
    minTotalImpact,
    feedback: own
      .filter(({ verdict }) => verdict === 'real' || verdict === 'false_alarm')
      .map(({ startedOn, givenOn, verdict }) => ({
        date: startedOn,
        givenOn,
        verdict: asFeedback(verdict),
      })),
    expected: own.filter(({ verdict }) => verdict === 'expected').flatMap(toMarks),
    planned: [
      ...own
        .filter(({ verdict }) => verdict === 'planned')
        .map(({ startedOn, givenOn, until }) => ({
          from: startedOn,
          to: until ?? addDays(givenOn, 7),
        })),
      ...view.resizes
        .filter(({ regionId }) => series.serviceName === COMPUTE && series.regionId === regionId)
        .map(({ on }) => ({ from: on, to: addDays(on, RESIZE_DAYS) })),
    ],
  };
}

function isAbout(verdict: SeriesVerdict, series: SeriesKey): boolean {
  return (
    seriesId(verdict) === seriesId(series) ||
    (verdict.skuMeter === null && isSamePlace(verdict, series))
  );
}

const asFeedback = (verdict: SeriesVerdict['verdict']) =>
  verdict === 'false_alarm' ? 'false_alarm' : 'real';

/** The days of the finding themselves, or every such day of the week or of the month. */
function toMarks({ startedOn, lastSeenOn, appliesTo }: SeriesVerdict): ExpectedMark[] {
  const days: string[] = [];
  for (
    let day = startedOn;
    day <= lastSeenOn && days.length < MARKED_DAYS_MAX;
    day = addDays(day, 1)
  )
    days.push(day);
  switch (appliesTo) {
    case 'once':
      return days.map((date) => ({ date }));
    case 'weekday':
      return [...new Set(days.map((day) => new Date(day).getUTCDay()))].map((weekday) => ({
        weekday,
      }));
    case 'day_of_month':
      return [...new Set(days.map((day) => Number(day.slice(8))))].map((dayOfMonth) => ({
        dayOfMonth,
      }));
  }
}
