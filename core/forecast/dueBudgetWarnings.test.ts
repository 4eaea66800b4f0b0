import { expect, it } from 'vitest';
import { type BudgetStanding, dueBudgetWarnings } from './dueBudgetWarnings.ts';

const standing = (change: Partial<BudgetStanding>): BudgetStanding => ({
  amount: '1000.00',
  fractions: [0.5, 0.8, 1],
  actualToDate: '0',
  sent: [],
  ...change,
});

it.each([
  ['nothing spent', {}, []],
  ['a cent below the half', { actualToDate: '499.99' }, []],
  ['exactly the half', { actualToDate: '500' }, ['actual 0.5']],
  [
    'several at once, the highest first',
    { actualToDate: '1000' },
    ['actual 1', 'actual 0.8', 'actual 0.5'],
  ],
  [
    'the forecast crosses the budget',
    { actualToDate: '600', forecast: '1000.01' },
    ['forecast 1', 'actual 0.5'],
  ],
  ['a forecast below the budget', { forecast: '999.99' }, []],
  [
    'spent already: no forecast warning',
    { actualToDate: '1200', forecast: '2000' },
    ['actual 1', 'actual 0.8', 'actual 0.5'],
  ],
  ['a fraction above the budget', { fractions: [1.2], forecast: '1300' }, ['forecast 1.2']],
] as const)('%s', (_name, change, expected) => {
  const due = dueBudgetWarnings(standing(change));
  expect(due.map(({ basis, fraction }) => `${basis} ${fraction}`)).toEqual(expected);
});

it('warns once a period', () => {
  const first = dueBudgetWarnings(standing({ actualToDate: '850', forecast: '1100' }));
  expect(first).toHaveLength(3);
  expect(
    dueBudgetWarnings(standing({ actualToDate: '900', forecast: '1200', sent: first })),
  ).toEqual([]);
  const later = dueBudgetWarnings(
    standing({ actualToDate: '1000', forecast: '1200', sent: first }),
  );
  expect(later).toEqual([{ basis: 'actual', fraction: 1 }]);
});
