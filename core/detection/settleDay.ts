import { type DriftFinding, driftTest } from './driftTest.ts';
import { learnHoliday } from './holidayEffect.ts';
import { learnStart } from './learnStart.ts';
import { fitLevelLine, fitLongLine } from './levelLine.ts';
import { learnMemory } from './memory.ts';
import { learnInterval, learnNoise, tailFactor } from './noise.ts';
import { nameRise } from './nameRise.ts';
import { fromLog, type Prediction, toLog, unexplained } from './predictDay.ts';
import { rebase, runStep } from './rebase.ts';
import { distance, runScore, runStart } from './runTest.ts';
import type { DetectionKind } from './series.ts';
import { LEARNING_DAYS, type SeriesState } from './seriesState.ts';
import { pushToWindow } from './sortedWindow.ts';
import { TUNING } from './tuning.ts';
import type { Caution } from './walkSeries.ts';
import { learnWeekday } from './weekdayProfile.ts';

/** What a settled day shows, in log terms; materiality in money is judged by the caller. */
export interface Verdict {
  kind: DetectionKind;
  /** Standard errors, positive upwards. */
  score: number;
  /** The log cost that was expected, day of the month included. */
  expected: number;
  /** First day of the move. */
  since: number;
}

/** Takes a day that is still being learnt into the state; cost in currency units, NaN where missing. */
export function settleLearning(state: SeriesState, cost: number): void {
  state.cost[state.settled] = cost;
  state.plainError[state.settled] = NaN;
  state.settled += 1;
  if (state.start >= 0 && state.settled - state.start === LEARNING_DAYS) learnStart(state);
}

/** Takes a day without a row into the state: the forecast stands in for it and teaches nothing. */
export function settleMissing(state: SeriesState, prediction: Prediction): void {
  const day = state.settled;
  state.cost[day] = NaN;
  state.raw[day] = prediction.centre - prediction.monthPart - prediction.holidayPart;
  state.clean[day] = state.raw[day] ?? 0;
  state.trust[day] = 0;
  state.plainError[day] = NaN;
  finishDay(state, day, undefined);
  driftTest(state, day, 1);
}

/**
 * Judges a day against its prediction and takes it into the state.
 *
 * @param caution factors on the thresholds
 */
export function settleDay(
  state: SeriesState,
  cost: number,
  prediction: Prediction,
  caution: Caution,
): Verdict | undefined {
  const day = state.settled;
  const { sigma, centre, monthPart, holidayPart, holidayDip } = prediction;
  const error = toLog(state, cost) - centre;
  const rest = unexplained(prediction, error);
  const score = rest / sigma;
  const plain = centre - monthPart - holidayPart;
  const limit = TUNING.cleanLimit * sigma;
  state.cost[day] = cost;
  state.raw[day] = plain + rest;
  state.clean[day] = plain + Math.max(-limit, Math.min(limit, rest));
  // A holiday says nothing about the day of the month.
  const plainError = error + monthPart + holidayPart;
  if (holidayDip < 0) learnHoliday(state, holidayDip, plainError);
  state.plainError[day] = prediction.isHoliday && plainError < 0 ? NaN : plainError;
  state.extra[day] = cost - fromLog(state, plain);
  const side = pointSide(score, rest, caution.point * tailFactor(state, rest > 0 ? 1 : -1));
  state.flagged = {
    side,
    days: side === 0 ? 0 : state.flagged.side === side ? state.flagged.days + 1 : 1,
  };
  state.trust[day] = side === 0 ? 1 : 0;
  const verdict =
    judgeRun(state, day, score, side, caution.lasting) ?? judgePoint(state, day, rest, side);
  learnErrors(state, prediction, error, rest);
  finishDay(state, day, state.trust[day] === 1 ? rest + prediction.memoryPart : undefined);
  const drift = driftTest(state, day, caution.lasting);
  if (verdict === RETURNED) return undefined;
  if (verdict !== undefined) {
    return {
      kind: verdict.kind,
      since: verdict.since,
      score: verdict.score === 0 ? score : verdict.score,
      expected: verdict.kind === 'spike' || verdict.kind === 'drop' ? centre : verdict.expected,
    };
  }
  return drift === undefined ? undefined : judgeDrift(state, drift, prediction);
}

const RETURNED = { kind: 'spike', score: 0, expected: 0, since: 0 } satisfies Verdict;

function pointSide(score: number, rest: number, factor: number): -1 | 0 | 1 {
  if (score > TUNING.spike * factor && rest > TUNING.smallestStep) return 1;
  if (score < -TUNING.drop * factor && rest < -TUNING.smallestStep) return -1;
  return 0;
}

function judgePoint(
  state: SeriesState,
  day: number,
  rest: number,
  side: -1 | 0 | 1,
): Verdict | undefined {
  if (side === 0) return undefined;
  if (isReturn(state, day, rest)) return RETURNED;
  return { kind: side === 1 ? 'spike' : 'drop', score: 0, expected: 0, since: day };
}

/** A move back to the level that a shift has left within the last weeks is the end of the shift, not a new finding. */
export function isReturn(state: SeriesState, day: number, move: number): boolean {
  const left = state.leftLevel;
  if (left === undefined || day - left.on > TUNING.returnDays) return false;
  return Math.abs(move + left.step) < Math.max(3.5 * state.sigma, 0.3 * Math.abs(left.step));
}

function judgeRun(
  state: SeriesState,
  day: number,
  score: number,
  side: -1 | 0 | 1,
  caution: number,
): Verdict | undefined {
  if (state.run === undefined) beginRun(state, day, side, caution);
  else if (score * state.run.direction > 1.2) state.run.quietDays = 0;
  else state.run.quietDays += 1;
  const run = state.run;
  if (run === undefined) return undefined;
  if (run.quietDays >= 2) state.run = undefined;
  if (run.quietDays > 0) return undefined;
  state.trust[day] = 0;
  const distances: number[] = [];
  for (let d = run.since; d <= day; d += 1) distances.push(distance(state, run.since - 1, d));
  const hasFaded = fades(distances, run.direction, state.sigma);
  // The newest days say best where a rising run has come to.
  const step = runStep(distances.slice(-3));
  const expected = (state.raw[day] ?? 0) - distance(state, run.since - 1, day);
  const returned = isReturn(state, day, step);
  const name = run.direction === 1 && day - run.since >= 3 ? nameRise(state, day) : 'level_shift';
  if (returned || day - run.since + 1 >= TUNING.rebaseDays) {
    rebase(state, run.since, day, step);
    state.leftLevel = returned ? undefined : { step, on: day };
  }
  if (returned || hasFaded) return RETURNED;
  if (run.direction === 1) state.lastRiseOn = day;
  const isShort = day - run.since < 2 && side !== 0;
  const kind = run.direction === -1 ? 'drop' : isShort ? 'spike' : name;
  return { kind, score: side === 0 ? run.direction * 4.5 : 0, expected, since: run.since };
}

/** Whether a run began with a spike and has since come down to a small part of it. */
function fades(distances: readonly number[], direction: 1 | -1, sigma: number): boolean {
  const peak = Math.max(...distances.map((far) => far * direction));
  const newest = (distances.at(-1) ?? 0) * direction;
  return peak > TUNING.spike * sigma && newest < TUNING.fadeShare * peak;
}

/** Begins a run where the newest days together, or three flagged days in a row, show a lasting move. */
function beginRun(state: SeriesState, day: number, side: -1 | 0 | 1, caution: number): void {
  const { score, days } = runScore(state, day, side === 0);
  const isStreak = state.flagged.days >= 3;
  const isAgain =
    score > 0 && day - Math.max(state.lastRiseOn, state.driftSince) <= TUNING.riseHoldDays;
  // Lasting falls are mostly holidays and weather; one that matters is a drop on its first day.
  const tail = tailFactor(state, score > 0 ? 1 : -1);
  const limit =
    4.5 * caution * tail * (score < 0 ? TUNING.runDownFactor : isAgain ? TUNING.riseAgain : 1);
  if (Math.abs(score) < limit && !isStreak) return;
  const direction = isStreak ? (side === 1 ? 1 : -1) : score > 0 ? 1 : -1;
  const since = runStart(state, day, isStreak ? state.flagged.days : days, direction);
  let sum = 0;
  for (let d = since; d <= day; d += 1) sum += distance(state, since - 1, d);
  if ((direction * sum) / (day - since + 1) < TUNING.smallestShift) return;
  state.run = { direction, since, quietDays: 0 };
  for (let d = since; d <= day; d += 1) state.trust[d] = 0;
}

function learnErrors(
  state: SeriesState,
  prediction: Prediction,
  error: number,
  rest: number,
): void {
  const { sigma, weekday, day } = prediction;
  const isLasting = state.run !== undefined && state.run.since < day;
  // The second day of a surprise says nothing more about the noise, and one surprise only so much.
  if (isLasting || state.lastShiftOn === day || state.flagged.days > 1) return;
  const limit = TUNING.surpriseLimit;
  learnInterval(
    state,
    Math.min(Math.abs(error) / sigma, limit),
    Math.abs(error) > prediction.reach,
  );
  const size = Math.min(Math.abs(rest) / sigma, limit);
  pushToWindow(state.scores, rest < 0 ? -size : size);
  learnNoise(state, Math.min(size, TUNING.noiseLimit) * sigma, weekday);
}

function finishDay(state: SeriesState, day: number, lineError: number | undefined): void {
  state.settled = day + 1;
  learnWeekdayAndLine(state, day);
  learnMemory(state, day, lineError);
}

function learnWeekdayAndLine(state: SeriesState, day: number): void {
  learnWeekday(state, day);
  const line = fitLevelLine(state, day);
  state.level[day] = line.level;
  state.slope[day] = line.slope;
  const long = fitLongLine(state, day);
  state.longLevel[day] = long.level;
  state.longSlope[day] = long.slope;
}

function judgeDrift(
  state: SeriesState,
  found: DriftFinding,
  prediction: Prediction,
): Verdict | undefined {
  const { day } = prediction;
  if (state.run !== undefined) return undefined;
  if (day - Math.max(state.lastShiftOn, state.lastRiseOn) < TUNING.driftAfterShift)
    return undefined;
  const age = day - state.driftSince;
  if (age > TUNING.driftHoldDays) state.driftSince = day;
  else if (age > 2) return undefined;
  const seasonal =
    (state.profile[prediction.weekday] ?? 0) + prediction.monthPart + prediction.holidayPart;
  return {
    kind: 'drift',
    score: found.score,
    expected: found.expected + seasonal,
    since: day - 14,
  };
}
