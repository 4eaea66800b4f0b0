import { judgeUse, type LlmFinding } from '../../core/llm/detection/judgeUse.ts';
import {
  DAY_MS,
  HABIT_DAYS,
  HOUR_MS,
  type KnownEpisode,
  MINUTE_MS,
  type UseCell,
} from '../../core/llm/detection/useView.ts';
import { byHour, byMinute, viewAt } from './simulatedUse.ts';

/** A finding as it was first raised; times in milliseconds UTC. */
export interface RaisedFinding {
  finding: LlmFinding;
  at: number;
}

/** Judges made-up use every five minutes, as the poll does, and carries on what was found. */
export function watchUse(
  cells: readonly UseCell[],
  { from, to, stepMs = 5 * MINUTE_MS }: { from: number; to: number; stepMs?: number },
): RaisedFinding[] {
  const raised: RaisedFinding[] = [];
  let known: KnownEpisode[] = [];
  const hours = groupedByTime(byHour(cells));
  const minutes = groupedByTime(
    byMinute(cells.filter(({ at }) => at >= from - 7 * HOUR_MS && at < to)),
  );
  for (let until = from; until <= to; until += stepMs) {
    const hour = Math.floor(until / HOUR_MS) * HOUR_MS;
    const view = viewAt(between(minutes, hour - 6 * HOUR_MS, until, MINUTE_MS), until);
    const past = between(hours, hour - HABIT_DAYS * DAY_MS, hour, HOUR_MS);
    const current = view.hours.filter(({ at }) => at === hour);
    const { findings, over } = judgeUse({ ...view, hours: [...past, ...current], known });
    for (const finding of findings) {
      const old = known.find((one) => one.kind === finding.kind && isSame(one, finding));
      if (old === undefined || (old.status === 'resolved' && old.startedAt !== finding.startedAt))
        raised.push({ finding, at: until });
      known = [...known.filter((one) => one !== old), toEpisode(finding)];
    }
    known = known.map((one) => (over.includes(one) ? { ...one, status: 'resolved' } : one));
  }
  return raised;
}

const isSame = (known: KnownEpisode, finding: LlmFinding): boolean =>
  JSON.stringify(known.scope) === JSON.stringify(finding.scope);

const toEpisode = (finding: LlmFinding): KnownEpisode => ({
  kind: finding.kind,
  scope: finding.scope,
  startedOn: finding.startedOn,
  startedAt: finding.startedAt,
  lastSeenAt: finding.seenUntil,
  status: 'open',
  impact: finding.total.actual - finding.total.expected,
});

function groupedByTime(cells: readonly UseCell[]): Map<number, UseCell[]> {
  const grouped = new Map<number, UseCell[]>();
  for (const cell of cells) {
    const same = grouped.get(cell.at);
    if (same === undefined) grouped.set(cell.at, [cell]);
    else same.push(cell);
  }
  return grouped;
}

function between(
  cells: ReadonlyMap<number, UseCell[]>,
  from: number,
  to: number,
  stepMs: number,
): UseCell[] {
  const found: UseCell[] = [];
  for (let at = from; at < to; at += stepMs) found.push(...(cells.get(at) ?? []));
  return found;
}
