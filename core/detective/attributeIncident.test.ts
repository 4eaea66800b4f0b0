import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Exact } from '../attribution/exact.ts';
import { sumDecimals } from '../money/money.ts';
import { attributeIncident, type MemberCharge } from './attributeIncident.ts';
import type { SeriesKey } from './connectionView.ts';
import type { IncidentMember } from './incidentMembers.ts';

const SERIES: SeriesKey = {
  subAccountId: '111',
  serviceName: 'EC2',
  regionId: 'eu-west-1',
  currency: 'USD',
  skuMeter: null,
};

function member(series: SeriesKey, actual: string, expected: string): IncidentMember {
  const amounts = { actual: new Exact(actual), expected: new Exact(expected) };
  const impact = amounts.actual.minus(amounts.expected);
  return { series, days: ['2026-06-17'], findings: [], ...amounts, impact };
}

function charge(given: Partial<MemberCharge>): MemberCharge {
  return {
    series: SERIES,
    skuMeter: 'BoxUsage',
    resourceId: null,
    unit: 'Hrs',
    owner: null,
    costBefore: null,
    costAfter: null,
    quantityBefore: null,
    quantityAfter: null,
    ...given,
  };
}

const amount = fc
  .integer({ min: -1e9, max: 1e12 })
  .map((units) => new Exact(units).div(1e6).toFixed());
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const charges = (series: SeriesKey) =>
  fc.array(
    fc.record({
      series: fc.constant(series),
      skuMeter: maybe(fc.constantFrom('BoxUsage:m5', 'DataTransfer', 'All others', '')),
      resourceId: maybe(fc.constantFrom('i-1', 'i-2', 'vol-3')),
      unit: maybe(fc.constantFrom('Hrs', 'GB')),
      owner: maybe(fc.constantFrom('ada', 'bob', '')),
      costBefore: maybe(amount),
      costAfter: maybe(amount),
      quantityBefore: maybe(fc.integer({ min: 0, max: 1e6 }).map(String)),
      quantityAfter: maybe(fc.integer({ min: 0, max: 1e6 }).map(String)),
    }),
    { maxLength: 24 },
  );

describe('attributeIncident', () => {
  it('splits every incident of random charges to the last digit, by every dimension and by reason', () => {
    const other: SeriesKey = { ...SERIES, serviceName: 'RDS', regionId: null };
    const arbitrary = fc.tuple(charges(SERIES), charges(other), amount, amount, amount, amount);
    fc.assert(
      fc.property(arbitrary, ([mine, others, a1, e1, a2, e2]) => {
        const members = [member(SERIES, a1, e1), member(other, a2, e2)];
        const whole = sumDecimals(members.map(({ impact }) => impact.toFixed()));
        const { drivers, attribution } = attributeIncident(members, [...mine, ...others], 2.5);
        const dimensions = [...new Set(drivers.map(({ dimension }) => dimension))];
        for (const dimension of dimensions) {
          const own = drivers.filter((driver) => driver.dimension === dimension);
          const parts = own.map(({ actual, expected }) =>
            new Exact(actual).minus(expected).toFixed(),
          );
          expect(new Exact(sumDecimals(parts)).equals(whole)).toBe(true);
        }
        const { total, ...parts } = attribution.change;
        expect(new Exact(total).equals(whole)).toBe(true);
        expect(new Exact(sumDecimals(Object.values(parts))).equals(whole)).toBe(true);
        for (const cause of attribution.causes) {
          const excess = new Exact(cause.actual).minus(cause.expected);
          expect(excess.equals(cause.excess)).toBe(true);
          expect(excess.isPositive()).toBe(cause.direction === 'up');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('tells what is new from what is used more, at the price of before', () => {
    const { attribution, drivers, owners } = attributeIncident(
      [member(SERIES, '460', '200')],
      [
        // Four weeks of 100 a day became 160 of one day, with more hours; an instance of 300 is new.
        charge({
          resourceId: 'i-1',
          costBefore: '2800',
          costAfter: '160',
          quantityBefore: '1400',
          quantityAfter: '80',
          owner: 'ada',
        }),
        charge({ resourceId: 'i-2', costAfter: '300', quantityAfter: '150', owner: 'bob' }),
      ],
      2.5,
    );
    expect(attribution.change).toEqual({
      usage: '-40',
      price: '0',
      mix: '0',
      added: '300',
      removed: '0',
      total: '260',
    });
    expect(drivers.filter(({ dimension }) => dimension === 'ResourceId')).toEqual([
      {
        dimension: 'ResourceId',
        value: 'i-2',
        expected: '0',
        actual: '300',
        share: 1.153846,
        isRemainder: false,
      },
      {
        dimension: 'ResourceId',
        value: 'i-1',
        expected: '200',
        actual: '160',
        share: -0.153846,
        isRemainder: false,
      },
    ]);
    expect(owners).toEqual(['bob']);
  });

  it('says nothing of single resources where they are named on one side only', () => {
    const before = ['i-1', 'i-2'].map((resourceId) =>
      charge({ resourceId, costBefore: '1400', quantityBefore: '700', owner: 'ada' }),
    );
    const after = charge({ costAfter: '150', quantityAfter: '75' });
    const { attribution, drivers, owners } = attributeIncident(
      [member(SERIES, '150', '100')],
      [...before, after],
      2.5,
    );
    expect(attribution.change).toMatchObject({ usage: '50', added: '0', removed: '0' });
    expect(drivers.map(({ dimension }) => dimension)).toEqual(['SkuMeter']);
    expect(owners).toEqual([]);
  });

  it('keeps the largest values of a dimension apart and sums the others', () => {
    const many = Array.from({ length: 12 }, (_, i) =>
      charge({ resourceId: `i-${i}`, costBefore: '28', costAfter: String(2 + i) }),
    );
    const { drivers } = attributeIncident([member(SERIES, '90', '12')], many, 2.5);
    const resources = drivers.filter(({ dimension }) => dimension === 'ResourceId');
    expect(resources).toHaveLength(8);
    expect(resources.at(-1)).toMatchObject({ value: 'All others', isRemainder: true });
    expect(resources.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 5);
  });
});
