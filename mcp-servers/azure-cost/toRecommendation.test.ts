import { expect, test } from 'vitest';
import type { Advice } from './readAdvice.ts';
import { toRecommendation } from './toRecommendation.ts';

const SUB = '11111111-1111-1111-1111-111111111111';
const VM = `/subscriptions/${SUB}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm1`;

type More = Partial<Advice['properties']['extendedProperties']>;

const advise = (more: More, impactedField = 'Microsoft.Compute/virtualMachines') =>
  toRecommendation(
    {
      id: `${VM}/providers/Microsoft.Advisor/recommendations/r1`,
      properties: {
        impactedField,
        impactedValue: 'vm1',
        shortDescription: { problem: 'Right-size it', solution: 'Right-size it' },
        resourceMetadata: {},
        extendedProperties: {
          savingsCurrency: 'EUR',
          savingsAmount: undefined,
          annualSavingsAmount: undefined,
          MaxCpuP95: undefined,
          MaxMemoryP95: undefined,
          ...more,
        },
      },
    },
    SUB,
  );

test('a smaller size is advice to resize, its saving exact', () => {
  expect(
    advise({
      currentSku: 'Standard_D4s_v3',
      targetSku: 'Standard_D2s_v3',
      regionId: 'westeurope',
      savingsAmount: '70.08',
      annualSavingsAmount: '840.96',
      lookbackPeriod: '7',
      MaxCpuP95: '9',
      MaxMemoryP95: '38',
    }),
  ).toEqual({
    id: expect.any(String) as string,
    category: 'rightsizing',
    kind: 'resize',
    ResourceId: VM,
    ResourceName: 'vm1',
    ResourceType: 'Microsoft.Compute/virtualMachines',
    RegionId: 'westeurope',
    SubAccountId: SUB,
    current: 'Standard_D4s_v3',
    recommended: 'Standard_D2s_v3',
    MonthlySaving: '70.08',
    BillingCurrency: 'EUR',
    basis: 'Advisor’s estimate from the use of the last 7 days',
    risk: 'medium',
    reasons: ['Right-size it'],
    source: 'Azure Advisor',
    x_CpuMaxPercent: '9',
    x_MemoryMaxPercent: '38',
  });
});

test.each<[string, More, string | undefined, string, string]>([
  ['shutting down', { recommendationType: 'Shutdown' }, undefined, 'idle', 'shutdown'],
  ['a target that is a shutdown', { targetSku: 'Shutdown' }, undefined, 'idle', 'shutdown'],
  [
    'a reservation',
    { reservedResourceType: 'virtualmachines', term: 'P3Y' },
    undefined,
    'commitment',
    'commit',
  ],
  ['a disk', {}, 'Microsoft.Compute/disks', 'storage', 'review'],
  ['an account of storage', {}, 'Microsoft.Storage/storageAccounts', 'storage', 'review'],
  ['a gateway', {}, 'Microsoft.Network/virtualNetworkGateways', 'idle', 'review'],
])('%s is put in its category', (_name, more, field, category, kind) => {
  expect(advise({ savingsAmount: '1', ...more }, field)).toMatchObject({ category, kind });
});

test.each<[string, More, string]>([
  ['of a month alone', { savingsAmount: '12.345678901' }, '12.345678901'],
  ['of a year alone', { annualSavingsAmount: '1000' }, '83.333333'],
  [
    'of a whole term beside that of a year',
    { savingsAmount: '3600', annualSavingsAmount: '1200' },
    '100',
  ],
  [
    'of a month beside a rounded year',
    { savingsAmount: '8.33', annualSavingsAmount: '100' },
    '8.33',
  ],
])('the saving %s is that of a month', (_name, more, MonthlySaving) => {
  expect(advise(more)?.MonthlySaving).toBe(MonthlySaving);
});

test('advice without a saving is none', () => {
  expect(advise({})).toBeUndefined();
});
