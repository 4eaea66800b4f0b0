import { tailFactor } from './noise.ts';
import { type Prediction, predictDay, toLog, unexplained } from './predictDay.ts';
import { completenessAt, settleAge } from './restatements.ts';
import { isReturn } from './settleDay.ts';
import { TUNING } from './tuning.ts';
import type { Finding, Walk } from './walkSeries.ts';
import { judgeFirstCharge } from './newService.ts';
import { countPresence } from './presence.ts';
import { sparseScore, viewSparse } from './sparseDay.ts';

/**
 * Judges a day that may still change, or that waits for an earlier one, on what is visible of it. Where it is known how
 * much is usually missing at that age, both ways; else upwards only, as an unfinished day looks like a drop.
 */
export function judgeUnsettled(
  walk: Walk,
  day: number,
  evening: number,
  ahead: Prediction | undefined,
): Finding | undefined {
  const { state, visible } = walk;
  const cost = visible[day] ?? NaN;
  if (Number.isNaN(cost) || !walk.presence.isDense) return undefined;
  const prediction = ahead ?? predictDay(state, day);
  if (prediction === undefined) {
    return state.origin < 0 ? judgeFirstCharge(walk, day, cost) : undefined;
  }
  const age = evening - day;
  const isFinal = settleAge(walk.restatements, evening) <= age;
  const known = isFinal ? { missing: 0, spread: 0 } : completenessAt(walk.restatements, age);
  const error = toLog(state, cost) + (known?.missing ?? 0) - prediction.centre;
  const rest = unexplained(prediction, error);
  const sigma = Math.hypot(prediction.sigma, known?.spread ?? 0);
  const score = rest / sigma;
  const factor = walk.cautionOn(day).point * tailFactor(state, rest > 0 ? 1 : -1);
  const isUp = score > TUNING.spike * factor && rest > TUNING.smallestStep;
  const isDown =
    known !== undefined && score < -TUNING.drop * factor && rest < -TUNING.smallestStep;
  const side = isUp ? 1 : -1;
  if (!(isUp || isDown) || walk.raised[day] === side || isReturn(state, day, rest))
    return undefined;
  return {
    kind: isUp ? 'spike' : 'drop',
    score,
    expected: prediction.centre - (known?.missing ?? 0),
    since: day,
    day,
    actual: cost,
    prediction,
  };
}

/** Judges a day that changed after it was taken as final, and corrects what the model remembers of it. */
export function judgeRestated(walk: Walk, day: number, evening: number): Finding | undefined {
  const { state, visible } = walk;
  const cost = visible[day] ?? NaN;
  const before = state.cost[day] ?? NaN;
  if (Number.isNaN(cost) || cost === before) return undefined;
  state.cost[day] = cost;
  if (state.origin < 0 || day < state.origin) {
    if (cost > 0 && state.origin < 0) {
      const finding = judgeFirstCharge(walk, day, cost);
      return finding;
    }
    return undefined;
  }
  if (!walk.presence.isDense) return judgeLateCharge(walk, day, cost, before);
  if (state.start < 0 || day < state.start || state.offset === 0) return undefined;
  const wasMissing = Number.isNaN(before);
  const old = wasMissing ? (state.raw[day] ?? 0) : toLog(state, before);
  const change = toLog(state, cost) - old;
  if (Math.abs(change) < 0.005) return undefined;
  state.raw[day] = (state.raw[day] ?? 0) + change;
  const limit = TUNING.cleanLimit * state.sigma;
  const earlier = state.clean[day] ?? 0;
  state.clean[day] = earlier + Math.max(-limit, Math.min(limit, (state.raw[day] ?? 0) - earlier));
  state.trust[day] = Math.abs((state.raw[day] ?? 0) - earlier) > 2 * limit ? 0 : 1;
  const plain = wasMissing ? change : (state.plainError[day] ?? NaN) + change;
  state.plainError[day] = plain;
  if (evening - day > 10 || day < state.start + 14) return undefined;
  const score = plain / state.sigma;
  const factor = walk.cautionOn(day).point * tailFactor(state, 1);
  if (!(score > TUNING.spike * factor && plain > TUNING.smallestStep)) return undefined;
  if (walk.raised[day] === 1) return undefined;
  return {
    kind: 'spike',
    score,
    expected: toLog(state, cost) - plain,
    since: day,
    day,
    actual: cost,
  };
}

/** A series with few charges does not wait for one: what arrives late, or grows, is judged when it does. */
function judgeLateCharge(
  { state, presence, raised, cautionOn, timeline }: Walk,
  day: number,
  cost: number,
  before: number,
): Finding | undefined {
  if (!(before > 0) && cost > 0 && day > state.settled - 56) {
    const weekday = (((timeline.firstDay + day + 4) % 7) + 7) % 7;
    countPresence(presence, weekday, false, -1);
    countPresence(presence, weekday, true, 1);
  }
  if (cost <= before || raised[day] === 1) return undefined;
  state.cost[day] = 0;
  const view = viewSparse(state, raised);
  state.cost[day] = cost;
  const score = sparseScore(view, cost, cautionOn(day).point);
  if (score === 0) return undefined;
  return {
    kind: 'spike',
    score,
    expected: 0,
    since: day,
    day,
    actual: cost,
    plainExpected: view.mean,
  };
}
