import { toDayNumber } from '../detection/calendar.ts';
import { predictDay } from '../detection/predictDay.ts';
import { startWalk } from '../detection/runDetection.ts';
import { viewSparse } from '../detection/sparseDay.ts';
import { layOutTimeline } from '../detection/timeline.ts';
import { type Walk, walkEvening } from '../detection/walkSeries.ts';
import { expectDay } from '../forecast/expectDay.ts';
import { expectMonthly } from '../forecast/expectMonthly.ts';
import { MEASURED_DAYS } from './baseline.ts';

/** A cost of one UTC day; statistics, so a plain number. */
export interface KnownDay {
  date: string;
  cost: number;
}

/** The series at its end, and what the same forecast would have said on earlier evenings. */
export interface BaselineWalk {
  walk: Walk;
  /** What was forecast on an evening (an index on the timeline) for each of the days that would be measured. */
  placebos: readonly { evening: number; expected: Float64Array }[];
  /** Costs by index; NaN where not known. */
  actual: Float64Array;
}

const PLACEBOS_MAX = 180;
// Sparse series have no line to learn, but want some weeks to know how often they are charged.
const SPARSE_LEARNING_DAYS = 28;

/** Walks over the days up to `asOf` with the detector's engine; undefined where no row is visible. */
export function walkBaseline(
  series: readonly KnownDay[],
  asOf: string,
  gapDays: number,
): BaselineWalk | undefined {
  const timeline = layOutTimeline({ series, to: asOf });
  if (timeline === undefined) return undefined;
  const actual = new Float64Array(timeline.length).fill(NaN);
  for (const { date, cost } of series) {
    const day = toDayNumber(date) - timeline.firstDay;
    if (day >= 0 && day < timeline.length) actual[day] = cost;
  }
  const walk = startWalk(timeline, {});
  const placebos: BaselineWalk['placebos'][number][] = [];
  for (let evening = 0; evening < timeline.length; evening += 1) {
    const ahead = walk.presence.isDense ? predictDay(walk.state, evening) : undefined;
    walkEvening(walk, evening, ahead);
    const isRecent = evening + gapDays + MEASURED_DAYS + PLACEBOS_MAX > timeline.length;
    if (!isRecent || evening + gapDays + 1 >= timeline.length) continue;
    const expected = expectSpan(walk, evening + gapDays + 1, MEASURED_DAYS);
    if (expected !== undefined) placebos.push({ evening, expected });
  }
  return { walk, placebos, actual };
}

/** The mean costs to expect on `count` days from `first` (an index) on; undefined while the series is being learnt. */
export function expectSpan(walk: Walk, first: number, count: number): Float64Array | undefined {
  const { state, presence } = walk;
  const expected = new Float64Array(count);
  if (presence.isDense) {
    for (let i = 0; i < count; i += 1) {
      const value = expectDay(state, first + i);
      if (value === undefined) return undefined;
      expected[i] = value;
    }
    return expected;
  }
  if (state.settled - Math.max(0, state.origin) < SPARSE_LEARNING_DAYS) return undefined;
  const { mean } = viewSparse(state, walk.raised);
  for (let i = 0; i < count; i += 1) {
    expected[i] = expectMonthly(walk, [first + i])?.total ?? mean;
  }
  return expected;
}
