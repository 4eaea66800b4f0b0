import type { Decimal } from 'decimal.js';
import { Exact } from './exact.ts';

/** What a resource (or meter) cost and used in two periods of the same length; exact decimal strings. */
export interface UsageChange {
  id: string;
  /** Resources of one group share a unit and can be compared; usage can move between them (`mix`). */
  group: string;
  /** Currency units; absent where the resource was not there. */
  costBefore?: string | undefined;
  costAfter?: string | undefined;
  /** In the group's unit (FOCUS `ConsumedQuantity`); absent where it is not metered. */
  quantityBefore?: string | undefined;
  quantityAfter?: string | undefined;
}

/** A cost change in five parts that add up exactly to it; decimal strings in the costs' currency. */
export interface ChangeParts {
  /** More or less of the group's usage at the group's earlier mean price. */
  usage: string;
  /** Other prices for the usage of the second period. */
  price: string;
  /** Usage that moved between dearer and cheaper resources of a group. */
  mix: string;
  /** Resources that were not there before, and those that are gone. */
  added: string;
  removed: string;
  /** The sum of all. */
  total: string;
}

// The parts are rounded to a billionth of a unit; what rounding leaves goes to the price part, so that they still add up.
const PLACES = 9;

/**
 * Splits a cost change into usage, price, mix, new and gone resources, exactly: for the lasting resources of a group with
 * quantities Q0, Q1 and mean price P0 = C0 / Q0, usage is (Q1 - Q0) P0, mix is the sum of q1 p0 minus Q1 P0, and price is the
 * sum of q1 (p1 - p0), as in standard-cost accounting: the cross term counts as price. A resource without a quantity changes
 * by price alone.
 *
 * @see docs/detection.md, "Price, usage and mix"
 */
export function splitPriceUsageMix(changes: readonly UsageChange[]): ChangeParts {
  let added = new Exact(0);
  let removed = new Exact(0);
  let total = new Exact(0);
  const groups = new Map<string, Lasting[]>();
  for (const change of changes) {
    const before = new Exact(change.costBefore ?? 0);
    const after = new Exact(change.costAfter ?? 0);
    total = total.plus(after).minus(before);
    if (change.costBefore === undefined) added = added.plus(after);
    else if (change.costAfter === undefined) removed = removed.minus(before);
    else {
      const lasting = {
        before,
        after,
        q0: new Exact(change.quantityBefore ?? 0),
        q1: new Exact(change.quantityAfter ?? 0),
      };
      groups.set(change.group, [...(groups.get(change.group) ?? []), lasting]);
    }
  }
  let usage = new Exact(0);
  let mix = new Exact(0);
  for (const members of groups.values()) {
    const parts = usageAndMix(members);
    usage = usage.plus(parts.usage);
    mix = mix.plus(parts.mix);
  }
  usage = usage.toDecimalPlaces(PLACES);
  mix = mix.toDecimalPlaces(PLACES);
  const price = total.minus(usage).minus(mix).minus(added).minus(removed);
  return {
    usage: usage.toString(),
    price: price.toString(),
    mix: mix.toString(),
    added: added.toString(),
    removed: removed.toString(),
    total: total.toString(),
  };
}

interface Lasting {
  before: Decimal;
  after: Decimal;
  q0: Decimal;
  q1: Decimal;
}

/** The usage and the mix part of one group's lasting resources; those without a quantity have neither. */
function usageAndMix(members: readonly Lasting[]): { usage: Decimal; mix: Decimal } {
  const zero = new Exact(0);
  const metered = members.filter(({ q0 }) => q0.greaterThan(0));
  const q0 = metered.reduce((sum, member) => sum.plus(member.q0), zero);
  if (q0.isZero()) return { usage: zero, mix: zero };
  const q1 = metered.reduce((sum, member) => sum.plus(member.q1), zero);
  const c0 = metered.reduce((sum, member) => sum.plus(member.before), zero);
  const meanPrice = c0.div(q0);
  const atOldPrices = metered.reduce(
    (sum, member) => sum.plus(member.q1.times(member.before).div(member.q0)),
    zero,
  );
  return { usage: q1.minus(q0).times(meanPrice), mix: atOldPrices.minus(q1.times(meanPrice)) };
}
