import { type CostCell, DRILL_DOWN } from './costCell.ts';
import { type ExcessPart, splitExcess } from './splitExcess.ts';

/** A node of the cost cube that moved, with the drivers at each level below it. */
export interface RootCause {
  /** The values that lead to it, coarse to fine: as far down as one or a few values explain the move. */
  path: { dimension: string; value: string }[];
  /** Exact decimals; `excess` is `actual` minus `expected` of the node. */
  actual: string;
  expected: string;
  excess: string;
  direction: 'up' | 'down';
  /** The parts of the node's excess one level below, largest first; empty at the finest level. */
  drivers: ExcessPart[];
}

/** When a move is worth naming. Amounts are in the cells' currency. */
export interface RootCauseOptions {
  /** Dimensions in the order of narrowing down; default service, region, meter, resource. */
  dimensions?: readonly string[];
  /** Moves smaller than that are left alone; default 2.50. */
  minExcess?: number;
  /** Share of the moves in one direction that the named values must explain together; default 0.7. */
  explained?: number;
}

const CAUSES_MAX = 3;

/**
 * Finds what drives a change in a cube of costs, both ways: rises and falls are followed apart, so that two opposite moves
 * inside one account do not cancel out. At each node the dimension is chosen that explains the move with the fewest values
 * and the greatest surprise, the Jensen-Shannon divergence of actual from expected shares, and the search goes down while
 * up to three values explain 70% of it.
 *
 * @see Bhagwan et al., "Adtributor: Revenue Debugging in Advertising Systems", NSDI 2014. Beyond it: the excess is followed
 * down several dimensions one after another, and rises and falls are explained separately.
 */
export function findRootCauses(
  cells: readonly CostCell[],
  options: RootCauseOptions = {},
): RootCause[] {
  const settings = {
    dimensions: options.dimensions ?? DRILL_DOWN,
    minExcess: options.minExcess ?? 2.5,
    explained: options.explained ?? 0.7,
  };
  const causes = (['up', 'down'] as const).flatMap((direction) =>
    descend(cells, [], direction, settings),
  );
  return causes.sort((a, b) => Math.abs(Number(b.excess)) - Math.abs(Number(a.excess)));
}

interface Settings {
  dimensions: readonly string[];
  minExcess: number;
  explained: number;
}

function descend(
  cells: readonly CostCell[],
  path: RootCause['path'],
  direction: 'up' | 'down',
  settings: Settings,
): RootCause[] {
  const open = settings.dimensions.filter((name) => !path.some((step) => step.dimension === name));
  const candidates = open
    .map((dimension) => explain(cells, dimension, direction, settings))
    .filter((candidate) => candidate !== undefined);
  // Coarse dimensions come first: a finer one must be clearly better to be taken before them.
  const best = candidates.reduce<Explanation | undefined>(
    (chosen, next) => (chosen === undefined || next.worth > 1.5 * chosen.worth ? next : chosen),
    undefined,
  );
  if (best === undefined)
    return path.length === 0 ? [] : [toCause(cells, path, direction, settings)];
  return best.values.flatMap((value) => {
    const inside = cells.filter((cell) => (cell.dimensions[best.dimension] ?? '') === value);
    return descend(inside, [...path, { dimension: best.dimension, value }], direction, settings);
  });
}

interface Explanation {
  dimension: string;
  values: string[];
  /** Surprise for each value that is needed. */
  worth: number;
}

/** The fewest values of a dimension that explain the moves in a direction; undefined where that takes too many. */
function explain(
  cells: readonly CostCell[],
  dimension: string,
  direction: 'up' | 'down',
  settings: Settings,
): Explanation | undefined {
  const sign = direction === 'up' ? 1 : -1;
  const parts = splitExcess(cells, dimension).map((part) => ({
    ...part,
    move: sign * Number(part.excess),
  }));
  if (parts.every(({ value }) => value === '')) return undefined;
  const moved = parts.filter(({ move }) => move > 0).sort((a, b) => b.move - a.move);
  const total = sum(moved.map(({ move }) => move));
  if (total < settings.minExcess) return undefined;
  const actualTotal = sum(parts.map(({ actual }) => Math.max(0, Number(actual)))) || 1;
  const expectedTotal = sum(parts.map(({ expected }) => Math.max(0, Number(expected)))) || 1;
  const chosen: typeof moved = [];
  let reached = 0;
  for (const part of moved) {
    if (reached >= settings.explained * total || chosen.length === CAUSES_MAX) break;
    if (part.move < settings.minExcess) break;
    chosen.push(part);
    reached += part.move;
  }
  if (reached < settings.explained * total) return undefined;
  const surprise = sum(
    chosen.map(({ actual, expected }) =>
      surpriseOf(Number(expected) / expectedTotal, Number(actual) / actualTotal),
    ),
  );
  const values = chosen.map(({ value }) => value);
  return { dimension, values, worth: (surprise + 1e-6) / values.length };
}

/** One value's part of the Jensen-Shannon divergence between the expected and the actual shares. */
export function surpriseOf(expectedShare: number, actualShare: number): number {
  const p = Math.max(0, expectedShare);
  const q = Math.max(0, actualShare);
  if (p + q === 0) return 0;
  const part = (share: number) => (share === 0 ? 0 : share * Math.log((2 * share) / (p + q)));
  return 0.5 * (part(p) + part(q));
}

function toCause(
  cells: readonly CostCell[],
  path: RootCause['path'],
  direction: 'up' | 'down',
  { dimensions }: Settings,
): RootCause {
  const [whole] = splitExcess(cells, '');
  const isOpen = (name: string) => !path.some((step) => step.dimension === name);
  const next = dimensions.find(
    (name) => isOpen(name) && cells.some((cell) => cell.dimensions[name] !== undefined),
  );
  const depth = ({ dimension }: { dimension: string }) => dimensions.indexOf(dimension);
  return {
    path: [...path].sort((a, b) => depth(a) - depth(b)),
    actual: whole?.actual ?? '0',
    expected: whole?.expected ?? '0',
    excess: whole?.excess ?? '0',
    direction,
    drivers: next === undefined ? [] : splitExcess(cells, next),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
