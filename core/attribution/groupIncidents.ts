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
export interface Incident {
  direction: 'up' | 'down';
  startedOn: string;
  lastSeenOn: string;
  impact: string;
  /** Largest impact first. */
  drivers: IncidentDriver[];
}

/** When findings belong together. */
export interface IncidentOptions {
  /** Days without a finding after which an incident is over; default 3, so that a weekend does not cut it in two. */
  gapDaysMax?: number;
  /** Dimensions that a common cause shares, the first that any two findings both carry; default service, then account. */
  sharedBy?: readonly string[];
}

/**
 * Groups findings across series and days into incidents: the same direction, at most `gapDaysMax` days apart, and begun
 * within two days of each other or in a series that is part of it already, with a value in common. Opposite moves stay
 * apart. Grouping a day more gives the same incidents, longer: one incident grows instead of becoming many.
 */
export function groupIncidents(
  findings: readonly DayFinding[],
  options: IncidentOptions = {},
): Incident[] {
  const gap = options.gapDaysMax ?? 3;
  const sharedBy = options.sharedBy ?? ['ServiceName', 'SubAccountId'];
  const sorted = [...findings].sort(
    (a, b) => compare(a.date, b.date) || compare(keyOf(a), keyOf(b)),
  );
  const open: Draft[] = [];
  const all: Draft[] = [];
  for (const finding of sorted) {
    const joins = (draft: Draft) =>
      draft.direction === directionOf(finding) &&
      daysBetween(draft.lastSeenOn, finding.date) <= gap &&
      (draft.series.has(keyOf(finding)) ||
        (daysBetween(draft.startedOn, finding.date) <= START_DAYS_MAX &&
          draft.findings.some((other) => haveACommonValue(other, finding, sharedBy))));
    // The incident that knows the series already comes before one that is only near.
    const known = open.find((draft) => draft.series.has(keyOf(finding)) && joins(draft));
    const draft = known ?? open.find(joins) ?? begin(finding, open, all);
    draft.findings.push(finding);
    draft.series.add(keyOf(finding));
    draft.lastSeenOn = finding.date;
  }
  return all.map(toIncident);
}

const START_DAYS_MAX = 2;

interface Draft {
  direction: 'up' | 'down';
  startedOn: string;
  lastSeenOn: string;
  series: Set<string>;
  findings: DayFinding[];
}

function begin(finding: DayFinding, open: Draft[], all: Draft[]): Draft {
  const draft: Draft = {
    direction: directionOf(finding),
    startedOn: finding.date,
    lastSeenOn: finding.date,
    series: new Set(),
    findings: [],
  };
  open.push(draft);
  all.push(draft);
  return draft;
}

function toIncident({ direction, startedOn, lastSeenOn, findings }: Draft): Incident {
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
  return { direction, startedOn, lastSeenOn, impact: total.toFixed(), drivers };
}

function group(findings: readonly DayFinding[]): Map<string, DayFinding[]> {
  const groups = new Map<string, DayFinding[]>();
  for (const finding of findings) {
    const key = keyOf(finding);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return groups;
}

function haveACommonValue(a: DayFinding, b: DayFinding, sharedBy: readonly string[]): boolean {
  const deciding = sharedBy.find(
    (name) => a.dimensions[name] !== undefined && b.dimensions[name] !== undefined,
  );
  return deciding === undefined || a.dimensions[deciding] === b.dimensions[deciding];
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
