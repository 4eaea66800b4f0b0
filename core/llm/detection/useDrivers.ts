import type { AnomalyDriver } from '../../contracts/anomaly.ts';

/** What a key, project, model and user tag cost in an episode and in the days before; USD. */
export interface DriverCost {
  apiKeyId: string;
  projectId: string;
  model: string;
  userTag: string;
  during: number;
  before: number;
}

const DIMENSIONS = {
  x_ApiKeyId: 'apiKeyId',
  SubAccountId: 'projectId',
  x_Model: 'model',
  x_UserTag: 'userTag',
} as const satisfies Partial<Record<AnomalyDriver['dimension'], keyof DriverCost>>;

const DRIVERS_MAX = 8;
const DIGITS = 6;

/**
 * The causes of a finding by key, project, model and user tag. Each dimension adds up to `total`: what was spent is divided
 * as the costs of the episode are, what was expected as those of the days before; shares are of the excess and sum to 1.
 * A dimension that is told of nothing is left out.
 */
export function useDrivers(
  costs: readonly DriverCost[],
  total: { actual: number; expected: number },
): AnomalyDriver[] {
  const excess = total.actual - total.expected;
  if (Math.abs(excess) < 0.01) return [];
  return Object.entries(DIMENSIONS).flatMap(([dimension, name]) =>
    driversBy(costs, total, dimension as keyof typeof DIMENSIONS, name),
  );
}

function driversBy(
  costs: readonly DriverCost[],
  total: { actual: number; expected: number },
  dimension: keyof typeof DIMENSIONS,
  name: (typeof DIMENSIONS)[keyof typeof DIMENSIONS],
): AnomalyDriver[] {
  const values = new Map<string, { during: number; before: number }>();
  for (const cost of costs) {
    const value = values.get(cost[name]) ?? { during: 0, before: 0 };
    value.during += cost.during;
    value.before += cost.before;
    values.set(cost[name], value);
  }
  if (![...values.keys()].some((value) => value !== '')) return [];
  const sum = (part: 'during' | 'before') =>
    [...values.values()].reduce((all, value) => all + value[part], 0);
  const [during, before] = [sum('during'), sum('before')];
  const parts = [...values].map(([value, cost]) => ({
    value,
    actual: partOf(cost.during, during, total.actual),
    // Where nothing was spent before, what was expected is divided as what was spent.
    expected: partOf(
      before > 0 ? cost.before : cost.during,
      before > 0 ? before : during,
      total.expected,
    ),
  }));
  parts.sort((a, b) => Math.abs(b.actual - b.expected) - Math.abs(a.actual - a.expected));
  const told = parts.filter(({ value }) => value !== '').slice(0, DRIVERS_MAX);
  const rest = parts.filter((part) => !told.includes(part));
  return toDrivers(dimension, told, rest, total.actual - total.expected);
}

const partOf = (cost: number, all: number, total: number): number =>
  all > 0 ? (cost / all) * total : 0;

interface Part {
  value: string;
  actual: number;
  expected: number;
}

function toDrivers(
  dimension: AnomalyDriver['dimension'],
  told: readonly Part[],
  rest: readonly Part[],
  excess: number,
): AnomalyDriver[] {
  const whole = 10 ** DIGITS;
  const all = [
    ...told.map((part) => ({ ...part, isRemainder: false })),
    ...(rest.length === 0
      ? []
      : [
          {
            value: rest.every(({ value }) => value === '') ? 'not told' : 'all others',
            actual: rest.reduce((sum, { actual }) => sum + actual, 0),
            expected: rest.reduce((sum, { expected }) => sum + expected, 0),
            isRemainder: true,
          },
        ]),
  ];
  let left = whole;
  return all.map(({ value, actual, expected, isRemainder }, index) => {
    // The last one takes what rounding has left, so that they sum to 1.
    const share =
      index === all.length - 1 ? left : Math.round(((actual - expected) / excess) * whole);
    left -= share;
    return {
      dimension,
      value,
      actual: actual.toFixed(4),
      expected: expected.toFixed(4),
      share: share / whole,
      isRemainder,
    };
  });
}
