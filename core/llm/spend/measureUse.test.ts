import { expect, test } from 'vitest';
import type { LlmMeter } from '../meters.ts';
import { measureUse, type MeterUse } from './measureUse.ts';

const NO_REQUESTS = { requests: null, pricedRequests: '0', requestCost: '0' };
const priced = (meter: LlmMeter, units: string, cost: string): MeterUse => ({
  meter,
  units,
  cost,
  unpricedUnits: '0',
});
const unpriced = (meter: LlmMeter, units: string): MeterUse => ({
  meter,
  units,
  cost: null,
  unpricedUnits: units,
});

test('no use has no cost, and no ratio divides by it', () => {
  expect(measureUse([], NO_REQUESTS)).toEqual({
    cost: null,
    isCostPartial: false,
    tokens: '0',
    requests: null,
    units: [],
    costPerRequest: null,
    costPerThousandTokens: null,
    cacheShare: null,
  });
});

test('kinds add up exactly, in a fixed order', () => {
  const use = measureUse(
    [
      priced('output', '1', '0.00001'),
      priced('input', '3', '0.0000037'),
      priced('output', '9007199254740993', '90071992547.40993'),
    ],
    NO_REQUESTS,
  );
  expect(use.units).toEqual([
    { meter: 'input', units: '3', cost: '0.0000037', unpricedUnits: '0' },
    { meter: 'output', units: '9007199254740994', cost: '90071992547.40994', unpricedUnits: '0' },
  ]);
  expect(use.cost).toBe('90071992547.4099437');
  expect(use.tokens).toBe('9007199254740997');
});

test('the cost of 1,000 tokens counts neither tools nor tokens without a price', () => {
  const use = measureUse(
    [
      priced('input', '1500', '0.003'),
      priced('output', '500', '0.005'),
      priced('web_search', '4', '0.04'),
      unpriced('reasoning', '7000'),
    ],
    { requests: '10', pricedRequests: '8', requestCost: '0.02' },
  );
  expect(use).toMatchObject({
    cost: '0.048',
    isCostPartial: true,
    tokens: '9000',
    requests: '10',
    costPerThousandTokens: '0.004',
    costPerRequest: '0.0025',
  });
});

test('what has no price has no cost, which is not zero', () => {
  expect(measureUse([unpriced('input', '10')], NO_REQUESTS)).toMatchObject({
    cost: null,
    isCostPartial: true,
    tokens: '10',
    costPerThousandTokens: null,
  });
});

test('the cache share is what was read from the cache of all input, writes and sound as well', () => {
  const meters = (
    [
      ['input', '10'],
      ['input_audio', '10'],
      ['cache_read', '50'],
      ['cache_read_audio', '10'],
      ['cache_write', '5'],
      ['cache_write_5m', '10'],
      ['cache_write_1h', '5'],
      ['output', '900'],
    ] as const
  ).map(([meter, units]) => unpriced(meter, units));
  expect(measureUse(meters, NO_REQUESTS).cacheShare).toBe(0.6);
});
