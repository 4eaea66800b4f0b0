import type { AnomalyFeedback, AnomalyStatus } from '../contracts/anomaly.ts';

/** What names a series of costs: null where the provider names no account, region or single meter. */
export interface SeriesKey {
  subAccountId: string | null;
  serviceName: string;
  regionId: string | null;
  currency: string;
  /** One meter of the series; null for the whole of it. */
  skuMeter: string | null;
}

/** The cost of one UTC day, an exact decimal, and the UTC day on whose evening it was first told so. */
export interface CostDay {
  date: string;
  cost: string;
  seenOn?: string;
}

/** A series as Postgres tells it. */
export interface ViewedSeries extends SeriesKey {
  /** What stands now. */
  days: CostDay[];
  /** What stood before, each from its own `seenOn` until the next. */
  revisions: CostDay[];
}

/** What a person said of a finding, for one of its series. */
export interface SeriesVerdict extends SeriesKey {
  startedOn: string;
  lastSeenOn: string;
  verdict: NonNullable<AnomalyFeedback['verdict']>;
  appliesTo: NonNullable<AnomalyFeedback['appliesTo']>;
  /** Last day of a planned change. */
  until: string | null;
  /** UTC day of the verdict. */
  givenOn: string;
}

/** A finding that was reported before. */
export interface KnownFinding {
  id: string;
  /** The series that it is known by. */
  identity: Omit<SeriesKey, 'skuMeter'>;
  direction: 'up' | 'down';
  startedOn: string;
  lastSeenOn: string;
  status: AnomalyStatus;
  /** Who set the status; null while only the detector has. */
  statusBy: string | null;
  impact: string;
  series: SeriesKey[];
}

/** An instance that CostGuard itself resized: what its service costs there changes from that UTC day on. */
export interface KnownResize {
  regionId: string;
  on: string;
}

/** How easily a connection's moves are worth saying; amounts in the currency of the series. */
export interface DetectionSettings {
  sensitivity: number;
  minDailyImpact: number;
  minTotalImpact: number;
  /** Tag key whose values are the owners of a finding. */
  ownerTag: string;
}

/** All that judging a connection's newest days needs, as one read of the database gives it. */
export interface ConnectionView {
  settings: DetectionSettings;
  /** Account, service and region together. */
  series: ViewedSeries[];
  /** The same by meter, over fewer days. */
  meters: ViewedSeries[];
  verdicts: SeriesVerdict[];
  known: KnownFinding[];
  resizes: KnownResize[];
}

/** One text for each series. */
export function seriesId(key: SeriesKey): string {
  return JSON.stringify([
    key.subAccountId,
    key.serviceName,
    key.regionId,
    key.currency,
    key.skuMeter,
  ]);
}

/** Whether two keys name the same series, or one a meter of the other. */
export function isSamePlace(
  a: Omit<SeriesKey, 'skuMeter'>,
  b: Omit<SeriesKey, 'skuMeter'>,
): boolean {
  return (
    a.serviceName === b.serviceName &&
    a.subAccountId === b.subAccountId &&
    a.regionId === b.regionId &&
    a.currency === b.currency
  );
}
