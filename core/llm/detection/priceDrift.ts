import { driftOf } from '../driftOf.ts';
import type { Candidate } from './candidate.ts';
import { scopeOf } from './useContext.ts';
import { DAY_MS, type ReconciledDay } from './useView.ts';

const CENT = 0.01;
// A bill is reconciled three days after, when it is final; what is older has been said.
const FRESH_MS = 5 * DAY_MS;

/**
 * Kinds of use of which the provider bills something else than our prices come to, by more than a percent and a cent, on
 * the newest day that was reconciled.
 */
export function findPriceDrifts(reconciled: readonly ReconciledDay[], until: number): Candidate[] {
  const byClass = new Map<string, ReconciledDay[]>();
  for (const row of reconciled) {
    const name = JSON.stringify([row.model, row.meter]);
    byClass.set(name, [...(byClass.get(name) ?? []), row]);
  }
  return [...byClass.values()].flatMap((rows) => {
    const days = rows.sort((a, b) => (a.day < b.day ? -1 : 1));
    const since = days.findLastIndex((day) => driftOf(day) === null) + 1;
    const run = days.slice(since);
    const newest = run.at(-1);
    if (newest === undefined || startOf(newest.day) < until - FRESH_MS) return [];
    return [toCandidate(run, newest)];
  });
}

const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);

function toCandidate(run: readonly ReconciledDay[], newest: ReconciledDay): Candidate {
  const { model, meter } = newest;
  const ours = Number(newest.ours);
  const theirs = Number(newest.theirs);
  const name = [meter, model].filter((part) => part !== '').join(' of ');
  const [first] = run;
  return {
    kind: 'price_drift',
    scope: scopeOf({ model, meter }),
    startedAt: startOf(first?.day ?? newest.day),
    seenUntil: startOf(newest.day) + DAY_MS,
    score: theirs / Math.max(ours, CENT),
    excessADay: theirs - ours,
    says: `The provider billed ${theirs.toFixed(2)} USD for ${name === '' ? 'its use' : name} on ${newest.day}, our prices come to ${ours.toFixed(2)} USD. ${advice(newest)}`,
    measure: (from, to) => {
      const days = run.filter(({ day }) => startOf(day) >= from && startOf(day) < to);
      const expected = days.reduce((sum, day) => sum + Number(day.ours), 0);
      const actual = days.reduce((sum, day) => sum + Number(day.theirs), 0);
      return { actual, expected, upper: expected };
    },
  };
}

/** What to look at: a difference that fits in with an open rate is no sign of a changed price. */
function advice({ ours, oursMax, theirs }: ReconciledDay): string {
  const open = Number(oursMax ?? ours) - Number(ours);
  const change = 'Look whether a price has changed, and set it under the prices of models.';
  if (open < CENT || Number(theirs) < Number(ours)) return change;
  const most = `The usage report leaves open which of two rates holds for some of it, such as that of long requests, which may add ${open.toFixed(2)} USD.`;
  return Number(theirs) <= Number(oursMax) ? most : `${most} ${change}`;
}
