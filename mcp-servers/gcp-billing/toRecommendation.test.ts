import { expect, test } from 'vitest';
import type { GcpRecommendation } from './recommenders.ts';
import { toRecommendation } from './toRecommendation.ts';

const RESIZE = 'google.compute.instance.MachineTypeRecommender';
const PLACE = { project: 'shop', zone: 'europe-west1-b' };
const resource = '//compute.googleapis.com/projects/shop/zones/europe-west1-b/instances/vm';

function recommend(
  cost: { units: string; nanos: number },
  duration: string,
  operations: object[] = [
    { action: 'replace', path: '/machineType', resource, value: 'zones/z/machineTypes/e2-small' },
  ],
) {
  return {
    name: 'r',
    description: '',
    recommenderSubtype: '',
    primaryImpact: { costProjection: { cost: { currencyCode: 'USD', ...cost }, duration } },
    content: { operationGroups: [{ operations }] },
  } as GcpRecommendation;
}

test.each([
  [{ units: '-12', nanos: -340_000_000 }, '2592000s', '12.34'],
  [{ units: '0', nanos: -1 }, '2592000s', '0.000000001'],
  [{ units: '-100', nanos: 0 }, '2592000s', '100'],
  [{ units: '-1', nanos: 0 }, '604800s', '4.285714286'],
  [{ units: '3', nanos: 0 }, '2592000s', '-3'],
  [{ units: '0', nanos: 0 }, '2592000s', '0'],
])('a cost of %o over %s saves %s a month', (cost, duration, expected) => {
  expect(toRecommendation(recommend(cost, duration), RESIZE, PLACE)?.MonthlySaving).toBe(expected);
});

test('what names no resource or no projection is no advice', () => {
  const cost = { units: '-1', nanos: 0 };
  expect(toRecommendation(recommend(cost, '2592000s', []), RESIZE, PLACE)).toBeUndefined();
  expect(toRecommendation(recommend(cost, '0s'), RESIZE, PLACE)).toBeUndefined();
});

test('the region is the zone’s', () => {
  const row = toRecommendation(recommend({ units: '-1', nanos: 0 }, '2592000s'), RESIZE, PLACE);
  expect(row).toMatchObject({ RegionId: 'europe-west1', current: null, recommended: 'e2-small' });
});
