import { expect, it } from 'vitest';
import { currencyNotice } from './currencyNotice.ts';

const asOf = '2026-11-26';
const span = (currency: string, first: string, last: string) => ({ currency, first, last });

it('tells that the currency changed, since when, and what to do', () => {
  const spans = [span('EUR', '2026-11-22', '2026-11-25'), span('USD', '2026-10-22', '2026-11-21')];
  expect(currencyNotice(spans, asOf)).toEqual({
    code: 'currency_changed',
    detail:
      'Since 2026-11-22 the costs come in EUR, before that in USD. Both are kept and never added up. Set budgets and detection thresholds of this connection in EUR.',
  });
});

it('tells it also where one day has both', () => {
  const spans = [span('USD', '2026-10-22', '2026-11-25'), span('EUR', '2026-11-25', '2026-11-25')];
  expect(currencyNotice(spans, asOf)).toBeUndefined();
  const next = [span('USD', '2026-10-22', '2026-11-24'), span('EUR', '2026-11-24', '2026-11-25')];
  expect(currencyNotice(next, asOf)?.code).toBe('currency_changed');
});

it.each([
  ['one currency', [span('USD', '2026-10-22', '2026-11-25')]],
  ['none', []],
  ['two all along', [span('USD', '2026-10-22', '2026-11-25'), span('EUR', '2026-10-22', asOf)]],
  ['a second one', [span('USD', '2026-10-22', '2026-11-25'), span('EUR', '2026-11-22', asOf)]],
  ['a change long ago', [span('USD', '2026-10-22', '2026-11-01'), span('EUR', '2026-11-02', asOf)]],
])('says nothing of %s', (_name, spans) => {
  expect(currencyNotice(spans, asOf)).toBeUndefined();
});
