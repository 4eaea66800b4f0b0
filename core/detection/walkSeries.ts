import {
  countPresence,
  createPresence,
  type Presence,
  presenceOn,
  updateDensity,
} from './presence.ts';
import { type Prediction, predictDay, toLog } from './predictDay.ts';
import {
  createRestatements,
  learnCompleteness,
  noteChange,
  type Restatements,
  settleAge,
} from './restatements.ts';
import { createSeriesState, LEARNING_DAYS, type SeriesState } from './seriesState.ts';
import { settleDay, settleLearning, settleMissing, type Verdict } from './settleDay.ts';
import { sparseScore, viewSparse } from './sparseDay.ts';
import type { Timeline } from './timeline.ts';
import { learnStart } from './learnStart.ts';
import { judgeUnsettled, judgeRestated } from './judgeUnsettled.ts';
import { judgeFirstCharge } from './newService.ts';

/** A finding of one evening about one day, in log terms where a model stands behind it. */
export interface Finding extends Verdict {
  day: number;
  actual: number;
  /** The expectation in currency units where it does not come from the log model. */
  plainExpected?: number;
  prediction?: Prediction;
}

/** Factors on the thresholds of a day, 1 for a series of full age at normal sensitivity. */
export interface Caution {
  /** For single days, and for lasting moves. */
  point: number;
  lasting: number;
}

/** Everything that an evening's decision rests on. */
export interface Walk {
  readonly timeline: Timeline;
  readonly state: SeriesState;
  readonly presence: Presence;
  /** What is visible of each day; NaN where nothing. */
  readonly visible: Float64Array;
  restatements: Restatements | undefined;
  /** The side on which each day has been flagged already. */
  readonly raised: Int8Array;
  /** First evenings of the episodes that were found, and the last evening with a finding. */
  readonly episodes: number[];
  lastFoundOn: number;
  /** Evening on which the present life of the service began, and the total it has cost since; -1 for never. */
  newSince: number;
  isNewRaised: boolean;
  /** The last day with a charge; negative where it lies before the timeline. */
  lastActive: number | undefined;
  nextLate: number;
  /** Whether the last settled day was taken as idle because nothing arrived. */
  isSilent: boolean;
  readonly cautionOn: (day: number) => Caution;
  readonly minDailyImpact: number;
  readonly minTotalImpact: number;
}

/** A walk that has not begun. */
export function createWalk(
  timeline: Timeline,
  options: { cautionOn: (day: number) => Caution; minDailyImpact: number; minTotalImpact: number },
): Walk {
  return {
    timeline,
    state: createSeriesState(timeline.firstDay, timeline.length),
    presence: createPresence(),
    visible: new Float64Array(timeline.length).fill(NaN),
    restatements: undefined,
    raised: new Int8Array(timeline.length),
    episodes: [],
    lastFoundOn: -1000,
    newSince: -1,
    isNewRaised: false,
    lastActive: timeline.lastChargeBefore,
    nextLate: 0,
    isSilent: false,
    ...options,
  };
}

// Days that a row of a dense series may be late before its absence means something.
const WAIT_DAYS = 3;

/** Takes in what arrives on an evening and returns what it shows; `ahead` is the forecast of the evening's own day. */
export function walkEvening(walk: Walk, evening: number, ahead: Prediction | undefined): Finding[] {
  const { state, visible } = walk;
  const fresh = receive(walk, evening);
  const findings: Finding[] = [];
  const age = settleAge(walk.restatements, evening);
  while (state.settled <= evening - age) {
    const day = state.settled;
    if (Number.isNaN(visible[day] ?? NaN) && mustWait(walk, day, evening)) break;
    const finding = settleNext(walk, evening, day === evening ? ahead : undefined);
    if (finding !== undefined) findings.push(finding);
  }
  for (const day of fresh) {
    const finding =
      day >= state.settled
        ? judgeUnsettled(walk, day, evening, day === evening ? ahead : undefined)
        : judgeRestated(walk, day, evening);
    if (finding !== undefined) findings.push(finding);
  }
  rememberAges(walk, evening);
  return findings;
}

/** Makes the evening's arrivals visible; returns the days that show something new and are not simply on time. */
function receive(walk: Walk, evening: number): number[] {
  const { timeline, visible } = walk;
  const fresh: number[] = [];
  const own = timeline.onTime[evening] ?? NaN;
  if (!Number.isNaN(own)) {
    visible[evening] = own;
    fresh.push(evening);
  }
  for (; walk.nextLate < timeline.late.length; walk.nextLate += 1) {
    const arrival = timeline.late[walk.nextLate];
    if (arrival === undefined || arrival.evening > evening) break;
    walk.restatements ??= createRestatements(timeline.length);
    const before = visible[arrival.day] ?? NaN;
    noteChange(walk.restatements, arrival.day, evening - arrival.day, before, arrival.cost);
    visible[arrival.day] = arrival.cost;
    if (!fresh.includes(arrival.day)) fresh.push(arrival.day);
  }
  return fresh;
}

function rememberAges(walk: Walk, evening: number): void {
  const { restatements, visible } = walk;
  restatements?.atAge.forEach((values, age) => {
    if (evening >= age) values[evening - age] = visible[evening - age] ?? NaN;
  });
}

/** Whether the absence of a day's row may just be lateness. */
function mustWait(walk: Walk, day: number, evening: number): boolean {
  if (walk.state.origin < 0 || walk.isSilent || evening - day >= WAIT_DAYS) return false;
  return expectsRow(walk, day);
}

function expectsRow({ presence, timeline }: Walk, day: number): boolean {
  return (
    presence.isDense && presenceOn(presence, (((timeline.firstDay + day + 4) % 7) + 7) % 7) >= 0.5
  );
}

function settleNext(
  walk: Walk,
  evening: number,
  ahead: Prediction | undefined,
): Finding | undefined {
  const { state, visible } = walk;
  const day = state.settled;
  const isAbsent = Number.isNaN(visible[day] ?? NaN);
  // A gap of a few days in a dense series is a fault of the export; a longer silence is the end of the service.
  const isGap =
    isAbsent && !walk.isSilent && expectsRow(walk, day) && !isSilence(walk, day, evening);
  if (isAbsent && state.origin >= 0 && expectsRow(walk, day) && !isGap) walk.isSilent = true;
  if (!isAbsent) walk.isSilent = false;
  const cost = isAbsent ? 0 : (visible[day] ?? 0);
  if (isGap && state.origin >= 0) {
    const prediction = ahead ?? predictDay(state, day);
    if (prediction === undefined) settleLearning(state, NaN);
    else settleMissing(state, prediction);
    notePresence(walk, day, false);
    return undefined;
  }
  const fresh = judgeFirstCharge(walk, day, cost);
  const finding = walk.presence.isDense
    ? settleDense(walk, day, cost, ahead)
    : settleSparse(walk, day, cost);
  notePresence(walk, day, cost > 0);
  return fresh ?? finding;
}

function isSilence({ visible }: Walk, day: number, evening: number): boolean {
  for (let later = day; later <= evening; later += 1) {
    if (!Number.isNaN(visible[later] ?? NaN)) return false;
  }
  return true;
}

function settleDense(
  walk: Walk,
  day: number,
  cost: number,
  ahead: Prediction | undefined,
): Finding | undefined {
  const { state } = walk;
  const prediction = ahead ?? predictDay(state, day);
  if (prediction === undefined) {
    settleLearning(state, cost);
    return undefined;
  }
  const verdict = settleDay(state, cost, prediction, walk.cautionOn(day));
  if (walk.restatements !== undefined) {
    learnCompleteness(walk.restatements, day, toLog(state, cost), (shown) => toLog(state, shown));
  }
  return verdict === undefined ? undefined : { ...verdict, day, actual: cost, prediction };
}

function settleSparse(walk: Walk, day: number, cost: number): Finding | undefined {
  const { state } = walk;
  const view = cost > 0 ? viewSparse(state, walk.raised) : undefined;
  const score = view === undefined ? 0 : sparseScore(view, cost, walk.cautionOn(day).point);
  state.cost[day] = cost;
  state.plainError[day] = NaN;
  state.settled = day + 1;
  if (view === undefined || score === 0) return undefined;
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

/** Keeps the count of active days, and begins the model anew where a sparse series has become a dense one. */
function notePresence({ presence, state, timeline }: Walk, day: number, isActive: boolean): void {
  if (state.origin < 0) return;
  const weekday = (((timeline.firstDay + day + 4) % 7) + 7) % 7;
  countPresence(presence, weekday, isActive, 1);
  const leaving = day - 56;
  if (leaving >= state.origin) countPresence(presence, weekday, (state.cost[leaving] ?? 0) > 0, -1);
  const wasDense = presence.isDense;
  updateDensity(presence);
  if (wasDense && !presence.isDense) state.run = undefined;
  if (!wasDense && presence.isDense) {
    state.start = Math.max(state.origin, day - LEARNING_DAYS + 1);
    if (state.settled - state.start === LEARNING_DAYS) learnStart(state);
  }
}
