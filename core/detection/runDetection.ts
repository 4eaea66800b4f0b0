import { toDate } from './calendar.ts';
import { type MemoryBlock, memoryBlocks } from './memoryBlocks.ts';
import { intervalWidth } from './noise.ts';
import { fromLog, type Prediction, predictDay } from './predictDay.ts';
import { type QuietReason, quietReason } from './quietReason.ts';
import type { DayForecast, Detection, DetectionOptions, SeriesInput } from './series.ts';
import { viewSparse } from './sparseDay.ts';
import { layOutTimeline, type Timeline } from './timeline.ts';
import { TUNING } from './tuning.ts';
import { resolveOptions, youthFactor } from './walkOptions.ts';
import { createWalk, type Finding, type Walk, walkEvening } from './walkSeries.ts';

/** What one evening decides. */
export interface EveningReport {
  forecast: DayForecast;
  detection: Detection | undefined;
  /** Why a finding is kept but not raised. */
  quiet: QuietReason | undefined;
}

/**
 * Walks over a series evening by evening and reports those from the input's `from` on, or from `firstWanted` (an index on
 * the timeline) where that is given. The one engine behind `detectSeries` and `judgeNewestDay`: what an evening decides
 * depends on nothing that arrives after it, and on no other setting of the walk.
 */
export function runDetection(
  input: SeriesInput,
  options: DetectionOptions,
  report: (report: EveningReport) => void,
  wanted: (timeline: Timeline) => number = (timeline) => timeline.from,
): void {
  const timeline = layOutTimeline(input);
  if (timeline === undefined) return;
  for (const block of memoryBlocks(timeline, wanted(timeline))) {
    walkBlock(block, options, report);
  }
}

function walkBlock(
  { start, decideFrom, timeline }: MemoryBlock,
  options: DetectionOptions,
  report: (report: EveningReport) => void,
): void {
  const walk = startWalk(timeline, options);
  for (let evening = 0; evening < timeline.length; evening += 1) {
    const ahead = walk.presence.isDense ? predictDay(walk.state, evening) : undefined;
    const isWanted = start + evening >= decideFrom;
    const forecast = isWanted ? toForecast(walk, evening, ahead) : undefined;
    const findings = walkEvening(walk, evening, ahead);
    const chosen = chooseFinding(walk, findings);
    if (chosen !== undefined) {
      walk.raised[chosen.finding.day] = chosen.detection.impact < 0 ? -1 : 1;
      noteEpisode(walk, evening);
      chosen.detection.date = toDate(timeline.firstDay + evening);
      chosen.detection.since = toDate(timeline.firstDay + chosen.finding.since);
    }
    if (forecast === undefined) continue;
    const quiet =
      chosen === undefined
        ? undefined
        : quietReason(timeline.firstDay + chosen.finding.day, chosen.detection, options);
    report({ forecast, detection: chosen?.detection, quiet });
  }
}

/** A walk over a timeline that has not begun. */
export function startWalk(timeline: Timeline, options: DetectionOptions): Walk {
  const { sensitivity, feedbackFactor, minDailyImpact, minTotalImpact } = resolveOptions(options);
  const walk: Walk = createWalk(timeline, {
    minDailyImpact,
    minTotalImpact,
    cautionOn: (day) => {
      const factor =
        (youthFactor(day - walk.state.start, TUNING.youngFactor) / sensitivity) *
        feedbackFactor(timeline.firstDay + day);
      const count = countEpisodes(walk, day);
      return {
        point: factor * habitFactor(count, TUNING.habitFreePoint, TUNING.habitStepPoint),
        lasting: factor * habitFactor(count, TUNING.habitFree, TUNING.habitStep),
      };
    },
  });
  return walk;
}

function noteEpisode(walk: Walk, evening: number): void {
  if (evening - walk.lastFoundOn > TUNING.episodeGapDays) walk.episodes.push(evening);
  walk.lastFoundOn = evening;
}

/** What happens every few weeks is how the series is: each further episode of the last months widens the thresholds. */
function habitFactor(episodes: number, free: number, step: number): number {
  return 1 + Math.min(TUNING.habitMax, step * Math.max(0, episodes - free));
}

function countEpisodes({ episodes }: Walk, day: number): number {
  let count = 0;
  for (let i = episodes.length - 1; i >= 0; i -= 1) {
    if (day - (episodes[i] ?? 0) > TUNING.habitDays) break;
    if (day - (episodes[i] ?? 0) > TUNING.episodeGapDays) count += 1;
  }
  return count;
}

/** The most surprising of an evening's findings that matter in money. */
function chooseFinding(
  walk: Walk,
  findings: readonly Finding[],
): { finding: Finding; detection: Detection } | undefined {
  let best: { finding: Finding; detection: Detection } | undefined;
  for (const finding of findings) {
    const detection = toDetection(walk, finding);
    if (Math.abs(detection.impact) < walk.minDailyImpact && finding.kind !== 'new_service')
      continue;
    if (!isMaterial(walk, finding, detection)) continue;
    if (best === undefined || Math.abs(detection.score) > Math.abs(best.detection.score)) {
      best = { finding, detection };
    }
  }
  return best;
}

function isMaterial(walk: Walk, finding: Finding, detection: Detection): boolean {
  if (finding.kind === 'new_service') return true;
  let total = 0;
  if (finding.kind === 'drift') total = detection.impact * 7;
  else {
    const expected = detection.expected;
    for (let day = finding.since; day < finding.day; day += 1) {
      total += (walk.state.cost[day] ?? expected) - expected;
    }
    total += detection.impact;
  }
  return Math.abs(total) >= walk.minTotalImpact;
}

// The walk knows days by number; the report names them.
const UNDATED = { date: '', since: '' };

function toDetection({ state, raised }: Walk, finding: Finding): Detection {
  const { kind, score, actual, prediction } = finding;
  if (finding.plainExpected !== undefined) {
    const expected = finding.plainExpected;
    const upper = kind === 'new_service' ? 0 : Math.max(expected, viewSparse(state, raised).high);
    return {
      ...UNDATED,
      kind,
      score,
      actual,
      expected,
      lower: 0,
      upper,
      impact: actual - expected,
    };
  }
  const reach = prediction?.reach ?? intervalWidth(state) * state.sigma;
  const expected = fromLog(state, finding.expected);
  return {
    ...UNDATED,
    kind,
    score,
    actual,
    expected,
    lower: fromLog(state, finding.expected - reach),
    upper: fromLog(state, finding.expected + reach),
    impact: actual - expected,
  };
}

/** The forecast of an evening's own day, made before anything of the evening is seen. */
function toForecast(walk: Walk, evening: number, ahead: Prediction | undefined): DayForecast {
  const { state, timeline } = walk;
  const date = toDate(timeline.firstDay + evening);
  if (ahead !== undefined) {
    const { reach } = ahead;
    return {
      date,
      expected: fromLog(state, ahead.centre),
      lower: fromLog(state, ahead.centre - reach),
      upper: fromLog(state, ahead.centre + reach),
    };
  }
  if (state.origin < 0 || walk.presence.isDense) return earlyForecast(walk, date, evening);
  const view = viewSparse(state, walk.raised);
  return { date, expected: view.mean, lower: 0, upper: Math.max(view.mean, view.high) };
}

/** Before a model is learnt: about what the last days cost, with a wide interval. */
function earlyForecast({ state }: Walk, date: string, evening: number): DayForecast {
  const known: number[] = [];
  for (
    let day = state.settled - 1;
    day >= Math.max(0, state.start) && known.length < 14;
    day -= 1
  ) {
    const cost = state.cost[day] ?? NaN;
    if (!Number.isNaN(cost)) known.push(cost);
  }
  const lastWeek =
    evening >= 7 && evening - 7 >= state.start ? (state.cost[evening - 7] ?? NaN) : NaN;
  known.sort((a, b) => a - b);
  const middle = known[known.length >> 1] ?? 0;
  const expected = state.start >= 0 && lastWeek >= 0 ? lastWeek : middle;
  return {
    date,
    expected: Math.max(0, expected),
    lower: Math.max(0, Math.min(known[0] ?? 0, expected) * 0.7),
    upper: Math.max(known.at(-1) ?? 0, expected) * 1.4,
  };
}
