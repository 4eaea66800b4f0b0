import { Decimal } from 'decimal.js';
import { toDate, toDayNumber } from '../detection/calendar.ts';
import type { Walk } from '../detection/walkSeries.ts';
import { expectSpan, type KnownDay, walkBaseline } from './walkBaseline.ts';
import type { Baseline, NoBaseline } from './baseline.ts';
import { reachOfSums } from './reachOfSums.ts';
import { makeShortBaseline } from './shortBaseline.ts';
import { unlearntStep } from './unlearntStep.ts';

/** The daily costs of what an action touches, and up to where they are known for good. */
export interface BaselineInput {
  currency: string;
  /**
   * Exact decimal texts, in any order, one for each UTC day whose cost is known; a day on which nothing ran is there with
   * 0. A day that is missing tells nothing.
   */
  days: readonly { date: string; cost: string }[];
  /** The last settled day; later ones are not looked at. */
  asOf: string;
  /** The day of the approval, which counts neither before nor after. */
  approvedOn: string;
}

/** For how many days from `asOf` on is expected: the settling, two weeks, and a month in which the action may have to wait. */
export const HORIZON_DAYS = 60;
/** Fewer known days than these say nothing of weekdays and trend. */
export const SHORT_HISTORY_DAYS = 28;
const HISTORY_DAYS_MIN = 7;
const CREDITS_MAX = 0.05;
// Costs further back say nothing of the next weeks; the engine remembers some 200 days.
const LOOK_BACK_DAYS = 400;
const LEAST_SHARE = 0.1;
const RECENT_DAYS = 60;

/**
 * Expects what the days after an approval would cost without the action, with a 90% interval for the sum of so many days;
 * or why that cannot be told. The model is the detector's; the interval is what the same forecast, made on each evening of
 * the series' own past, missed by: a placebo in time, whose errors are exchanged for the unknown one as in conformal
 * inference for counterfactuals (Chernozhukov, Wüthrich and Zhu 2021).
 *
 * @see docs/savings.md
 */
export function makeBaseline(input: BaselineInput): Baseline | NoBaseline {
  const { asOf, approvedOn } = input;
  const series = toSeries(input);
  const charged = series.findIndex(({ cost }) => cost > 0);
  if (charged < 0) return 'no_costs';
  const known = series.slice(charged);
  if (known.length < HISTORY_DAYS_MIN) return 'too_short';
  if (hasLargeCredits(known)) return 'credits';
  const gapDays = Math.max(0, toDayNumber(approvedOn) - toDayNumber(asOf));
  const recent = known.slice(-RECENT_DAYS);
  const perDay = recent.reduce((sum, { cost }) => sum + Math.max(0, cost), 0) / recent.length;
  const leastPerDay = LEAST_SHARE * perDay;
  const common = { currency: input.currency, asOf, gapDays, historyDays: known.length };
  const forecast =
    known.length >= SHORT_HISTORY_DAYS ? seasonal(known, asOf, gapDays, leastPerDay) : undefined;
  const { expected, reach } = forecast ?? makeShortBaseline(known, HORIZON_DAYS);
  const first = toDayNumber(asOf) + 1;
  return {
    ...common,
    method: forecast === undefined ? 'short' : 'seasonal',
    days: Array.from(expected, (value, i) => ({
      date: toDate(first + i),
      expected: toText(value),
    })),
    reach,
    leastPerDay: { amount: toText(leastPerDay), currency: input.currency },
  };
}

function seasonal(known: readonly KnownDay[], asOf: string, gapDays: number, leastPerDay: number) {
  const walked = walkBaseline(known, asOf, gapDays);
  if (walked === undefined) return undefined;
  const expected = expectSpan(walked.walk, walked.walk.timeline.length, HORIZON_DAYS);
  if (expected === undefined) return undefined;
  const reach = reachOfSums(walked, gapDays, leastPerDay);
  return allowForStep(walked.walk, expected, reach);
}

/**
 * Where the level has just moved and it is not known yet whether it stays, the middle of both is expected, and the interval
 * holds both.
 */
function allowForStep(walk: Walk, expected: Float64Array, reach: readonly number[]) {
  const { offset } = walk.state;
  const factor = Math.exp(unlearntStep(walk));
  const mean = expected.reduce((sum, value) => sum + value, 0) / expected.length;
  const far = mean > 0 ? Math.max(0, (mean + offset) * factor - offset) / mean : 1;
  const middle = (1 + far) / 2;
  const side = Math.abs(far - 1) / 2 / middle;
  return {
    expected: expected.map((value) => value * middle),
    reach: reach.map((own) => ({ below: own + side, above: own + side })),
  };
}

function toSeries({ days, asOf }: BaselineInput): KnownDay[] {
  const from = toDate(toDayNumber(asOf) - LOOK_BACK_DAYS + 1);
  return days
    .filter(({ date }) => date >= from && date <= asOf)
    .map(({ date, cost }) => ({ date, cost: Number(cost) }))
    .sort((a, b) => (a.date < b.date ? -1 : 1));
}

function hasLargeCredits(days: readonly KnownDay[]): boolean {
  let [charges, credits] = [0, 0];
  for (const { cost } of days) {
    if (cost > 0) charges += cost;
    else credits -= cost;
  }
  return credits > CREDITS_MAX * charges;
}

const toText = (value: number): string => new Decimal(value).toFixed(4);
