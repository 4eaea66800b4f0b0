import { toDate, toDayNumber } from '../../core/detection/calendar.ts';
import { MEASURED_DAYS } from '../../core/savings/baseline.ts';
import { makeBaseline } from '../../core/savings/makeBaseline.ts';
import { measureSaving, type SavingMeasure } from '../../core/savings/measureSaving.ts';
import { createRandom } from '../detection/createRandom.ts';
import { FAMILIES } from '../detection/families.ts';
import { addEvents } from '../detection/generateSeries.ts';

/** One simulated approval: what is measured when nothing is done, and when a share of the cost goes away. */
export interface SimulatedApproval {
  family: string;
  history: string;
  placebo: SavingMeasure;
  injected: SavingMeasure;
}

/** The share of the cost that is taken away where an action is simulated. */
export const INJECTED_SHARE = 0.3;

const HISTORIES = [21, 35, 60, 120, 240, 400] as const;

/**
 * `count` approvals that follow from the seed alone. The families of bench/detection take turns; a third of the histories
 * has events before the approval, a tenth lost rows; data lags by 1 to 3 days.
 */
export function simulateApprovals(seed: number, count: number): SimulatedApproval[] {
  const names = Object.keys(FAMILIES);
  const done: SimulatedApproval[] = [];
  for (let i = 0; done.length < count; i += 1) {
    const one = simulate(seed * 100_003 + i * 7919 + 1, names[i % names.length]!);
    if (one !== undefined) done.push(one);
  }
  return done;
}

function simulate(seed: number, family: string): SimulatedApproval | undefined {
  const random = createRandom(seed);
  const history = random.pick(HISTORIES);
  const first = toDayNumber('2023-01-01') + random.integer(0, 600);
  const gap = random.integer(1, 3);
  const bare = FAMILIES[family]!(random, first, history + gap + MEASURED_DAYS);
  if (history >= 120 && random.chance(0.33)) {
    const before = { ...bare, cost: bare.cost.slice(0, history - 30) };
    addEvents(before, first, random, 1);
    before.cost.forEach((cost, day) => (bare.cost[day] = cost));
  }
  const hasGaps = random.chance(0.1);
  const days = bare.cost
    .map((cost, day) => ({ date: toDate(first + day), cost: cost.toFixed(4) }))
    .filter(() => !hasGaps || !random.chance(0.03));
  const asOf = toDate(first + history - 1);
  const approvedOn = toDate(first + history - 1 + gap);
  const baseline = makeBaseline({ currency: 'USD', days, asOf, approvedOn });
  if (typeof baseline === 'string') return undefined;
  const measure = (factor: number) =>
    measureSaving(
      baseline,
      new Map(days.map(({ date, cost }) => [date, (Number(cost) * factor).toFixed(4)])),
      toDate(first + history + gap),
    );
  return {
    family,
    history: history < 28 ? 'short' : String(history),
    placebo: measure(1),
    injected: measure(1 - INJECTED_SHARE),
  };
}
