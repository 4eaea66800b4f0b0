import type { SeriesInput } from '../../core/detection/series.ts';

/** What was put into a series; the finer kinds are rows of the table of targets. */
export type EventKind =
  | 'spike large'
  | 'spike medium'
  | 'spike small'
  | 'not switched off'
  | 'shift large'
  | 'shift medium'
  | 'shift small'
  | 'drift large'
  | 'drift medium'
  | 'drift small'
  | 'drop'
  | 'new service';

/** A labelled event; days are counted from the series' first one, both ends included. */
export interface LabelledEvent {
  kind: EventKind;
  start: number;
  end: number;
  /** Absolute difference in money that it made in all. */
  impact: number;
}

/** A series with what is known to have happened in it. */
export interface LabelledSeries {
  id: string;
  family: string;
  isReal: boolean;
  firstDay: string;
  days: number;
  /** Index of the first day whose alarms count. */
  judgedFrom: number;
  input: SeriesInput;
  events: LabelledEvent[];
  /** What the days cost in the end, for the forecast's measures; NaN where no row. */
  final: number[];
}
