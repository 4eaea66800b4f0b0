import { expect, it } from 'vitest';
import { type SavingPart, sumSavings } from './sumSavings.ts';

const PART: SavingPart = {
  currency: 'USD',
  promisedMonthly: '70.08',
  measured: { days: 14, expected: '100', actual: '70', saved: '30', lower: '27', upper: '34' },
  verdict: 'realised',
  isFinal: true,
  isRolledBack: false,
};

it('adds amounts exactly and half widths as those of independent errors', () => {
  const other = {
    days: 7,
    expected: '50.1',
    actual: '60',
    saved: '-9.9',
    lower: '-13.9',
    upper: '-6.9',
  };
  const [total] = sumSavings([
    PART,
    { ...PART, measured: other, verdict: 'regressed', promisedMonthly: null },
  ]);
  expect(total).toMatchObject({
    currency: 'USD',
    promisedMonthly: '70.0800',
    expected: '150.1000',
    actual: '130.0000',
    saved: '20.1000',
    // The roots of 3² + 4² and of 4² + 3².
    lower: '15.1000',
    upper: '25.1000',
    // 30 in 14 days and -9.9 in 7, in a month of 30.4167 days.
    monthlySaved: '22.1607',
    realised: 1,
    regressed: 1,
    cannotTell: 0,
    measuring: 0,
  });
});

it('never adds two currencies, and what was rolled back to nothing', () => {
  const totals = sumSavings([PART, { ...PART, currency: 'EUR' }, { ...PART, isRolledBack: true }]);
  expect(totals.map(({ currency, saved }) => `${currency} ${saved}`)).toEqual([
    'EUR 30.0000',
    'USD 30.0000',
  ]);
});

it('counts what is not final as being measured, and tells no month before a day', () => {
  const [total] = sumSavings([{ ...PART, isFinal: false, measured: null }]);
  expect(total).toMatchObject({ measuring: 1, realised: 0, monthlySaved: null, saved: '0.0000' });
});
