import { expect, it } from 'vitest';
import { estimateVolume, type VolumeToPrice } from './estimateVolume.ts';

function volume(change: Partial<VolumeToPrice> = {}): VolumeToPrice {
  return {
    provider: 'aws',
    region: 'us-east-1',
    sizeGib: 100,
    volumeType: 'gp3',
    own: [],
    days: 14,
    meters: [
      { meter: 'EBS:VolumeUsage.gp3', cost: '4', quantity: '50', currency: 'USD' },
      { meter: 'EBS:SnapshotUsage', cost: '1', quantity: '20', currency: 'USD' },
    ],
    ...change,
  };
}

// gp3 at 0.08 a GB-month, snapshots at 0.05: AWS's list price in us-east-1.
it('takes the rates paid, less a snapshot of a full disk', () => {
  const { saving, basis } = estimateVolume(volume());
  expect(saving).toEqual({ amount: '3', currency: 'USD' });
  expect(basis).toContain('8.00 USD a month');
  expect(basis).toContain('Less 5.00 USD');
});

it('says so where no rate for snapshots was paid', () => {
  const { saving, basis } = estimateVolume(volume({ meters: volume().meters.slice(0, 1) }));
  expect(saving).toEqual({ amount: '8', currency: 'USD' });
  expect(basis).toContain('no rate was paid for snapshots');
});

it('prefers the bill of the disk itself', () => {
  const own = [{ cost: '2.4', days: 12, currency: 'EUR' }];
  const { saving } = estimateVolume(volume({ provider: 'azure', own }));
  expect(Number(saving?.amount)).toBeCloseTo((0.2 * 365) / 12, 6);
  expect(saving?.currency).toBe('EUR');
});

it.each([
  ['another kind only', { volumeType: 'io2' }],
  [
    'in two currencies',
    { meters: [...volume().meters, { ...volume().meters[0]!, currency: 'EUR' }] },
  ],
  ['elsewhere nothing', { provider: 'gcp' }],
] as const)('makes no price up where %s was billed', (_, change) => {
  expect(estimateVolume(volume(change as Partial<VolumeToPrice>)).saving).toBeNull();
});
