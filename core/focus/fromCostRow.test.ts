import { expect, test } from 'vitest';
import { CostGuardError } from '../errors.ts';
import type { CostRow } from '../mcp/costRow.ts';
import { fromCostRow } from './fromCostRow.ts';

const ROW: CostRow = {
  ChargePeriodStart: '2026-11-01T00:00:00Z',
  ChargePeriodEnd: '2026-11-02T00:00:00Z',
  ProviderName: 'AWS',
  BillingCurrency: 'USD',
  ServiceName: 'Amazon Simple Storage Service',
  SkuMeter: 'EUC1-TimedStorage-ByteHrs',
  RegionId: 'eu-central-1',
  BilledCost: '1.10',
  Tags: { team: 'shop', owner: null },
  x_Estimated: true,
};

test('a row of the tools becomes a charge as stored; what it does not have is null', () => {
  expect(fromCostRow(ROW)).toMatchObject({
    serviceName: 'Amazon Simple Storage Service',
    skuMeter: 'EUC1-TimedStorage-ByteHrs',
    regionId: 'eu-central-1',
    billedCost: '1.1',
    effectiveCost: null,
    resourceId: null,
    chargeCategory: 'Usage',
    tags: { team: 'shop' },
    xEstimated: true,
  });
});

test('taxes are told by their service where the category was not asked for', () => {
  expect(fromCostRow({ ...ROW, ServiceName: 'Tax' }).chargeCategory).toBe('Tax');
  expect(fromCostRow({ ...ROW, ServiceName: 'Tax', ChargeCategory: 'Credit' }).chargeCategory).toBe(
    'Credit',
  );
});

test('a row without an amount is refused', () => {
  expect(() => fromCostRow({ ...ROW, BilledCost: undefined })).toThrow(CostGuardError);
});
