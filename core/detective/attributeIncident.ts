import type { Decimal } from 'decimal.js';
import type { CostCell } from '../attribution/costCell.ts';
import { Exact } from '../attribution/exact.ts';
import { findRootCauses } from '../attribution/findRootCauses.ts';
import { splitExcess } from '../attribution/splitExcess.ts';
import { splitPriceUsageMix, type UsageChange } from '../attribution/splitPriceUsageMix.ts';
import type { AnomalyDriver, Attribution } from '../contracts/anomaly.ts';
import { sumDecimals } from '../money/money.ts';
import { seriesId, type SeriesKey } from './connectionView.ts';
import type { IncidentMember } from './incidentMembers.ts';

/** What one resource (or meter) of a member cost and used before the incident and on its days; exact decimals. */
export interface MemberCharge {
  series: SeriesKey;
  skuMeter: string | null;
  resourceId: string | null;
  unit: string | null;
  owner: string | null;
  /** Over the baseline, and over the member's days; null where it was not there. */
  costBefore: string | null;
  costAfter: string | null;
  quantityBefore: string | null;
  quantityAfter: string | null;
}

/** What drives an incident. */
export interface IncidentAttribution {
  drivers: AnomalyDriver[];
  attribution: Attribution;
  owners: string[];
}

/**
 * Splits an incident's excess over everything that it is made of. The expectation of a member is spread over its charges
 * as they were in the weeks before, so that all parts add up to the incident's impact to the last digit; what the charges
 * do not explain (a day that is late) is a part of its own.
 *
 * @param minExcess smallest move of a cause that is worth naming, in the incident's currency
 */
export function attributeIncident(
  members: readonly IncidentMember[],
  charges: readonly MemberCharge[],
  minExcess: number,
): IncidentAttribution {
  const comparable = foldUnnamedResources(charges);
  const parts = members.flatMap((member) => spread(member, comparable));
  const cells = parts.map(({ cell }) => cell);
  const [whole] = splitExcess(cells, '');
  const total = new Exact(whole?.excess ?? 0);
  const causes = findRootCauses(cells, { minExcess, dimensions: DIMENSIONS });
  return {
    drivers: DIMENSIONS.flatMap((dimension) => toDrivers(cells, dimension)),
    attribution: {
      causes: causes.slice(0, CAUSES_MAX).map(({ path, direction, expected, actual, excess }) => ({
        path: path.filter(({ value }) => value !== ''),
        direction,
        expected,
        actual,
        excess,
        share: shareOf(new Exact(excess), total),
      })),
      change: splitPriceUsageMix(parts.map(({ change }) => change)),
    },
    owners: ownersOf(parts, total),
  };
}

const DIMENSIONS = ['SubAccountId', 'ServiceName', 'RegionId', 'SkuMeter', 'ResourceId'] as const;
const CAUSES_MAX = 12;
const DRIVERS_MAX = 7;
// Smaller parts are no drivers; they are summed as the rest.
const SHARE_MIN = 0.01;
const OWNERS_MAX = 5;
const PLACES = 9;

/**
 * Where a meter's resources are named before the incident and not on its days, or the other way round, nothing can be said of
 * single ones: they would all look new or gone. Such a meter's charges become one.
 */
function foldUnnamedResources(charges: readonly MemberCharge[]): MemberCharge[] {
  const meters = new Map<string, MemberCharge[]>();
  for (const charge of charges) {
    const id = JSON.stringify([seriesId(charge.series), charge.skuMeter, charge.unit]);
    meters.set(id, [...(meters.get(id) ?? []), charge]);
  }
  return [...meters.values()].flatMap((own) => {
    const names = (side: 'costBefore' | 'costAfter', isNamed: boolean) =>
      own.some((one) => one[side] !== null && (one.resourceId !== null) === isNamed);
    const isLost =
      names('costBefore', true) && !names('costAfter', true) && names('costAfter', false);
    const isGained =
      names('costAfter', true) && !names('costBefore', true) && names('costBefore', false);
    const [first] = own;
    return (isLost || isGained) && first !== undefined ? [fold(first, own)] : own;
  });
}

function fold(first: MemberCharge, own: readonly MemberCharge[]): MemberCharge {
  const sum = (name: 'costBefore' | 'costAfter' | 'quantityBefore' | 'quantityAfter') => {
    const known = own.map((one) => one[name]).filter((value) => value !== null);
    return known.length === 0 ? null : sumDecimals(known);
  };
  return {
    ...first,
    resourceId: null,
    owner: null,
    costBefore: sum('costBefore'),
    costAfter: sum('costAfter'),
    quantityBefore: sum('quantityBefore'),
    quantityAfter: sum('quantityAfter'),
  };
}

interface Part {
  cell: CostCell;
  change: UsageChange;
  owner: string | null;
}

/** A member's charges with what each was expected to cost, and what they leave over. */
function spread(member: IncidentMember, charges: readonly MemberCharge[]): Part[] {
  const id = seriesId(member.series);
  const own = charges.filter(({ series }) => seriesId(series) === id);
  const before = own.reduce((sum, { costBefore }) => sum.plus(costBefore ?? 0), new Exact(0));
  const scale = before.isZero() ? new Exact(0) : member.expected.div(before);
  const parts = own.map((charge, i) => toPart(member, charge, scale, i));
  const left = (name: 'actual' | 'expected') =>
    parts.reduce((rest, { cell }) => rest.minus(cell[name]), member[name]);
  const rest = { actual: left('actual'), expected: left('expected') };
  if (rest.actual.isZero() && rest.expected.isZero()) return parts;
  return [...parts, toRest(member, rest)];
}

function toPart(member: IncidentMember, charge: MemberCharge, scale: Decimal, i: number): Part {
  const scaled = (value: string) => new Exact(value).times(scale).toDecimalPlaces(PLACES).toFixed();
  const isNew = charge.costBefore === null || new Exact(charge.costBefore).isZero();
  const expected = isNew ? '0' : scaled(charge.costBefore ?? '0');
  const place = placeOf(member.series);
  return {
    cell: {
      dimensions: {
        ...place,
        ...(charge.skuMeter !== null && { SkuMeter: charge.skuMeter }),
        ...(charge.resourceId !== null && { ResourceId: charge.resourceId }),
      },
      actual: charge.costAfter ?? '0',
      expected,
    },
    change: {
      id: String(i),
      group: JSON.stringify([place, charge.unit]),
      costBefore: isNew ? undefined : expected,
      costAfter: charge.costAfter ?? undefined,
      quantityBefore: charge.quantityBefore === null ? undefined : scaled(charge.quantityBefore),
      quantityAfter: charge.quantityAfter ?? undefined,
    },
    owner: charge.owner,
  };
}

function toRest(member: IncidentMember, rest: { actual: Decimal; expected: Decimal }): Part {
  const amounts = { actual: rest.actual.toFixed(), expected: rest.expected.toFixed() };
  return {
    cell: { dimensions: placeOf(member.series), ...amounts },
    change: {
      id: 'rest',
      group: JSON.stringify([placeOf(member.series), 'rest']),
      costBefore: amounts.expected,
      costAfter: amounts.actual,
    },
    owner: null,
  };
}

function placeOf(series: SeriesKey): Record<string, string> {
  return {
    ServiceName: series.serviceName,
    ...(series.subAccountId !== null && { SubAccountId: series.subAccountId }),
    ...(series.regionId !== null && { RegionId: series.regionId }),
  };
}

/** The largest parts of one dimension and the rest as one, so that the shares add up; none where it tells nothing apart. */
function toDrivers(
  cells: readonly CostCell[],
  dimension: (typeof DIMENSIONS)[number],
): AnomalyDriver[] {
  const parts = splitExcess(cells, dimension);
  const named = parts.filter(({ value }) => value !== '');
  const isPlace = !['SkuMeter', 'ResourceId'].includes(dimension);
  if (named.length < (isPlace ? 2 : 1)) return [];
  const shown = named
    .filter(({ share }, i) => i === 0 || Math.abs(share) >= SHARE_MIN)
    .slice(0, DRIVERS_MAX);
  const rest = parts.filter((part) => !shown.includes(part));
  const total = parts.reduce((sum, { excess }) => sum.plus(excess), new Exact(0));
  const sumOf = (name: 'actual' | 'expected') =>
    rest.reduce((sum, part) => sum.plus(part[name]), new Exact(0)).toFixed();
  const restOf = { value: 'All others', actual: sumOf('actual'), expected: sumOf('expected') };
  const isNothing = new Exact(restOf.actual).isZero() && new Exact(restOf.expected).isZero();
  return [
    ...shown.map((part) => ({ ...part, isRemainder: false })),
    ...(isNothing ? [] : [{ ...restOf, isRemainder: true }]),
  ].map(({ value, actual, expected, isRemainder }) => ({
    dimension,
    value,
    expected,
    actual,
    share: shareOf(new Exact(actual).minus(expected), total),
    isRemainder,
  }));
}

function shareOf(part: Decimal, total: Decimal): number {
  return total.isZero() ? 0 : part.div(total).toDecimalPlaces(6).toNumber();
}

/** Whose resources moved the way the incident did, the largest move first. */
function ownersOf(parts: readonly Part[], total: Decimal): string[] {
  const moves = new Map<string, Decimal>();
  for (const { owner, cell } of parts) {
    if (owner === null || owner === '') continue;
    const excess = new Exact(cell.actual).minus(cell.expected);
    moves.set(owner, (moves.get(owner) ?? new Exact(0)).plus(excess));
  }
  return [...moves]
    .filter(([, move]) => !move.isZero() && move.isNegative() === total.isNegative())
    .sort(([, a], [, b]) => b.abs().comparedTo(a.abs()))
    .slice(0, OWNERS_MAX)
    .map(([owner]) => owner);
}
