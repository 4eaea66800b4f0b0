import type { Decimal } from 'decimal.js';
import { daysBetween } from '../time/day.ts';
import { Exact } from './exact.ts';

/** A finding of one day in one series. */
export interface DayFinding {
  /** The series: its dimensions, coarse to fine, for instance service and region. */
  dimensions: Readonly<Record<string, string>>;
  date: string;
  kind: string;
  /** Exact decimal: what the day cost more (or, negative, less) than expected. */
  impact: string;
}

/** What one series adds to an incident. */
export interface IncidentDriver {
  dimensions: Readonly<Record<string, string>>;
  kind: string;
  firstSeenOn: string;
  lastSeenOn: string;
  /** Exact decimal over all days; the drivers' impacts add up to the incident's. */
  impact: string;
  share: number;
}

/** One incident: findings of one direction and of neighbouring days that have a cause in common. */
export interface Incident<T extends DayFinding = DayFinding> {
  direction: 'up' | 'down';
  startedOn: string;
  lastSeenOn: string;
  impact: string;
  /** Largest impact first. */
  drivers: IncidentDriver[];
  /** The findings that it is made of, by date; the first one's series is the one it is known by. */
  findings: T[];
}

/** When findings belong together. */
export interface IncidentOptions {
  /** Days without a finding after which an incident is over; default 3, so that a weekend does not cut it in two. */
  gapDaysMax?: number;
  /** Days after its first one within which another series may join; default 2. */
  startDaysMax?: number;
  /**
   * What a common cause shares: any of these sets of dimensions, where both findings carry all of a set. Default the
   * service, or the account and its region: what moves there on the same days has one cause more often than not.
   */
  sharedBy?: readonly (readonly string[])[];
}

/**
 * Groups findings across series and days into incidents: the same direction, at most `gapDaysMax` days apart, and begun
 * within two days of each other or in a series that is part of it already, with a value in common. Opposite moves stay
 * apart. Grouping a day more gives the same incidents, longer: one incident grows instead of becoming many.
 */
export function groupIncidents<T extends DayFinding>(
  findings: readonly T[],
  options: IncidentOptions = {},
): Incident<T>[] {
  const gap = options.gapDaysMax ?? 3;
  const startDaysMax = options.startDaysMax ?? 2;
  const sharedBy = options.sharedBy ?? SHARED_BY;
  // The largest move of a day comes first: the incident is known by it.
  const sorted = [...findings].sort(
    (a, b) =>
      compare(a.date, b.date) ||
      Math.abs(Number(b.impact)) - Math.abs(Number(a.impact)) ||
      compare(keyOf(a), keyOf(b)),
  );
  let drafts: Draft<T>[] = [];
  for (const finding of sorted) {
    const near = drafts.filter(
      (draft) =>
        draft.direction === directionOf(finding) &&
        daysBetween(draft.lastSeenOn, finding.date) <= gap,
    );
    // The incident that knows the series already comes before those that are only near.
    const known = near.find((draft) => draft.series.has(keyOf(finding)));
    const joined =
      known === undefined
        ? near.filter(
            (draft) =>
              daysBetween(draft.startedOn, finding.date) <= startDaysMax &&
              draft.findings.some((other) => haveACommonCause(other, finding, sharedBy)),
          )
        : [known];
    const [target = begin(finding), ...others] = joined;
    // What links two incidents makes one of them.
    for (const other of others) absorb(target, other);
    add(target, finding);
    drafts = [...drafts.filter((draft) => draft !== target && !others.includes(draft)), target];
  }
  return drafts.sort(inOrder).map(toIncident);
}

const SHARED_BY = [['ServiceName'], ['SubAccountId', 'RegionId']];

interface Draft<T extends DayFinding> {
  direction: 'up' | 'down';
  startedOn: string;
  lastSeenOn: string;
  series: Set<string>;
  findings: T[];
}

function begin<T extends DayFinding>(finding: T): Draft<T> {
  return {
    direction: directionOf(finding),
    startedOn: finding.date,
    lastSeenOn: finding.date,
    series: new Set(),
    findings: [],
  };
}

function add<T extends DayFinding>(draft: Draft<T>, finding: T): void {
  draft.findings.push(finding);
  draft.series.add(keyOf(finding));
  draft.lastSeenOn = finding.date;
}

function absorb<T extends DayFinding>(draft: Draft<T>, other: Draft<T>): void {
  draft.findings = [...draft.findings, ...other.findings].sort((a, b) => compare(a.date, b.date));
  for (const series of other.series) draft.series.add(series);
  if (other.startedOn < draft.startedOn) draft.startedOn = other.startedOn;
  if (other.lastSeenOn > draft.lastSeenOn) draft.lastSeenOn = other.lastSeenOn;
}

function inOrder(a: Draft<DayFinding>, b: Draft<DayFinding>): number {
  return (
    compare(a.startedOn, b.startedOn) ||
    compare(keyOf(a.findings[0] as DayFinding), keyOf(b.findings[0] as DayFinding))
  );
}

function toIncident<T extends DayFinding>(draft: Draft<T>): Incident<T> {
  const { direction, startedOn, lastSeenOn, findings } = draft;
  const total = sum(findings);
  const bySeries = group(findings);
  const drivers = [...bySeries.values()].map((own): IncidentDriver => {
    const impact = sum(own);
    const newest = own.at(-1) ?? own[0];
    return {
      dimensions: newest?.dimensions ?? {},
      kind: newest?.kind ?? '',
      firstSeenOn: own[0]?.date ?? startedOn,
      lastSeenOn: newest?.date ?? lastSeenOn,
      impact: impact.toFixed(),
      share: total.isZero() ? 0 : impact.div(total).toNumber(),
    };
  });
  drivers.sort((a, b) => Math.abs(Number(b.impact)) - Math.abs(Number(a.impact)));
  return { direction, startedOn, lastSeenOn, impact: total.toFixed(), drivers, findings };
}

function group(findings: readonly DayFinding[]): Map<string, DayFinding[]> {
  const groups = new Map<string, DayFinding[]>();
  for (const finding of findings) {
    const key = keyOf(finding);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return groups;
}

function haveACommonCause(
  a: DayFinding,
  b: DayFinding,
  sharedBy: readonly (readonly string[])[],
): boolean {
  return sharedBy.some((names) =>
    names.every(
      (name) => a.dimensions[name] !== undefined && a.dimensions[name] === b.dimensions[name],
    ),
  );
}

function directionOf(finding: DayFinding): 'up' | 'down' {
  return new Exact(finding.impact).isNegative() ? 'down' : 'up';
}

function keyOf({ dimensions }: DayFinding): string {
  return JSON.stringify(Object.entries(dimensions).sort(([a], [b]) => compare(a, b)));
}

function sum(findings: readonly DayFinding[]): Decimal {
  return findings.reduce((total: Decimal, { impact }) => total.plus(impact), new Exact(0));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
