import { explainDetection } from './explainDetection.ts';
import { judgeSeverity, type Severity } from './judgeSeverity.ts';
import type { QuietReason } from './quietReason.ts';
import { type EveningReport, runDetection } from './runDetection.ts';
import type { Detection, DetectionOptions, SeriesInput } from './series.ts';

/** The judgement of a series' newest evening. Amounts are in the series' currency per day. */
export interface NewestDayJudgement {
  date: string;
  /** The forecast of the day, made before it was seen, with its 95% interval. */
  expected: number;
  lower: number;
  upper: number;
  /** What the evening decided; undefined where nothing is out of the ordinary. */
  detection: Detection | undefined;
  /** First day of the move that was found. */
  since: string | undefined;
  /** Why the finding is not to be raised; undefined where it is. */
  quiet: QuietReason | undefined;
  severity: Severity | undefined;
  /** One plain sentence that says why. */
  sentence: string;
}

/**
 * Judges the newest evening, `to` or else the last row; undefined for an empty series. It walks over the same evenings with
 * the same engine as `detectSeries`, so its answer is that one's last; only the outputs of earlier evenings are left out.
 */
export function judgeNewestDay(
  input: SeriesInput,
  options: DetectionOptions = {},
): NewestDayJudgement | undefined {
  let newest: EveningReport | undefined;
  runDetection(
    input,
    options,
    (report) => {
      newest = report;
    },
    (timeline) => timeline.length - 1,
  );
  return newest === undefined ? undefined : toJudgement(newest);
}

function toJudgement({ forecast, detection, quiet }: EveningReport): NewestDayJudgement {
  const since = detection?.since;
  return {
    ...forecast,
    detection,
    since,
    quiet,
    severity: detection === undefined ? undefined : judgeSeverity(detection),
    sentence: explainDetection(forecast, detection, since, quiet),
  };
}
