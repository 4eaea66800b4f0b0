/** One day of a series as it stands now. Costs are plain numbers here: statistics, not accounting. */
export interface SeriesDay {
  /** UTC day, YYYY-MM-DD. */
  date: string;
  cost: number;
  /** UTC day on whose evening the value was first visible; default its own day. */
  seenOn?: string | undefined;
}

/** What stood for a day before, visible from its own `seenOn` until the next. */
export interface SeriesRevision {
  date: string;
  seenOn: string;
  cost: number;
}

/** A series to judge. A day without a row between the first and the last had no charge line. */
export interface SeriesInput {
  series: readonly SeriesDay[];
  revisions?: readonly SeriesRevision[] | undefined;
  /** First day to decide about; default the first row. A service that starts after it is a new one. */
  from?: string | undefined;
  /** Last day to decide about; default the last row. */
  to?: string | undefined;
}

/** What happened to a series. */
export type DetectionKind = 'spike' | 'level_shift' | 'drift' | 'drop' | 'new_service';

/** A finding of one evening. Amounts are in the series' currency per day. */
export interface Detection {
  /** The day of the decision. */
  date: string;
  /** The first day of the move, on or before it: a small one takes some days to become worth raising. */
  since: string;
  kind: DetectionKind;
  /** Surprise in standard errors of the forecast, positive upwards. */
  score: number;
  actual: number;
  expected: number;
  lower: number;
  upper: number;
  /** actual minus expected. */
  impact: number;
}

/** A forecast made before its day was seen, with its 95% interval. */
export interface DayForecast {
  date: string;
  expected: number;
  lower: number;
  upper: number;
}

/** Days that a person calls expected: one date, or every such day of the week (0 = Sunday) or of the month (1-31). */
export type ExpectedMark = { date: string } | { weekday: number } | { dayOfMonth: number };

/** A person's verdict on an earlier finding; it counts for days after `givenOn` only. */
export interface DetectionFeedback {
  /** The day of the finding that was judged. */
  date: string;
  /** The day of the verdict; default the finding's day. */
  givenOn?: string | undefined;
  verdict: 'real' | 'false_alarm' | 'expected';
}

/** A change that is known beforehand: what is found in its days is kept and not raised, and the new level is learnt. */
export interface PlannedStep {
  from: string;
  /** Last day on which a move belongs to the step; default 7 days after `from`. */
  to?: string | undefined;
}

/** How easily something is worth saying, and what people have said already. */
export interface DetectionOptions {
  /** Deviations below this many currency units a day are immaterial. Default 2.50. */
  minDailyImpact?: number | undefined;
  /** Episodes below this many currency units in total are immaterial. Default 10. */
  minTotalImpact?: number | undefined;
  /** Above 1 finds more, below 1 less; default 1, sensible from 0.5 to 2. Thresholds are divided by it. */
  sensitivity?: number | undefined;
  /** Days that are not raised again. */
  expected?: readonly ExpectedMark[] | undefined;
  feedback?: readonly DetectionFeedback[] | undefined;
  planned?: readonly PlannedStep[] | undefined;
}
