import { expect, it } from 'vitest';
import { addDays } from '../time/day.ts';
import { findDrivers, type PartCost } from './findDrivers.ts';

const FINDING = { startedOn: '2026-11-15', lastSeenOn: '2026-11-16', baselineFrom: '2026-11-01' };

function daily(value: string, before: string, after: string): PartCost[] {
  return Array.from({ length: 16 }, (_, i) => addDays('2026-11-01', i)).map((date) => ({
    dimension: 'SkuMeter',
    value,
    date,
    cost: date < FINDING.startedOn ? before : after,
  }));
}

it('names what grew first, gives shares that sum to one, and a negative share to what fell', () => {
  const drivers = findDrivers(
    [
      ...daily('BoxUsage:m5.large', '10.00', '10.00'),
      ...daily('BoxUsage:m5.4xlarge', '0', '18.432'),
      ...daily('EBS', '4', '3'),
    ],
    FINDING,
  );
  expect(drivers.map((driver) => driver.value)).toEqual([
    'BoxUsage:m5.4xlarge',
    'BoxUsage:m5.large',
    'EBS',
  ]);
  expect(drivers.reduce((sum, driver) => sum + driver.share, 0)).toBeCloseTo(1, 5);
  expect(drivers[0]).toMatchObject({ expected: '0', actual: '18.432' });
  expect(drivers[2]?.share).toBeLessThan(0);
});

it('finds no driver where nothing changed in sum', () => {
  expect(findDrivers(daily('A', '1', '1'), FINDING)).toEqual([]);
});
