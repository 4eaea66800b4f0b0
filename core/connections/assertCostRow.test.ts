import { expect, it } from 'vitest';
import { CostGuardError } from '../errors.ts';
import type { CostRow } from '../mcp/costRow.ts';
import { assertCostRow } from './assertCostRow.ts';

const period = { from: '2026-11-20', to: '2026-11-23' };
const row: CostRow = {
  ChargePeriodStart: '2026-11-22T00:00:00Z',
  ChargePeriodEnd: '2026-11-23T00:00:00Z',
  ProviderName: 'AWS',
  BillingCurrency: 'USD',
  BilledCost: '-0.5',
};

it('takes a charge of the days asked for, a credit too', () => {
  expect(() => assertCostRow(row, period)).not.toThrow();
});

it.each<[string, Partial<CostRow>, string]>([
  ['without an amount', { BilledCost: undefined }, 'A charge of 2026-11-22 has no amount'],
  ['without a currency', { BillingCurrency: '' }, 'no ISO 4217 currency'],
  ['of a currency in words', { BillingCurrency: 'usd' }, 'no ISO 4217 currency'],
  ['of a day before', { ChargePeriodStart: '2026-11-19T00:00:00Z' }, 'outside 2026-11-20'],
  ['of a day after', { ChargePeriodStart: '2027-11-23T00:00:00Z' }, 'outside 2026-11-20'],
  ['that goes on beyond', { ChargePeriodEnd: '2026-12-01T00:00:00Z' }, 'outside 2026-11-20'],
])('refuses one %s and says what to do', (_name, change, says) => {
  const refuse = () => assertCostRow({ ...row, ...change }, period);
  expect(refuse).toThrow(CostGuardError);
  expect(refuse).toThrow(says);
  expect(refuse).toThrow('nothing was stored. Poll again; if it stays');
});
