import { expect, it } from 'vitest';
import { addDays } from '../time/day.ts';
import type { ViewedSeries } from './connectionView.ts';
import { currencySpans } from './currencySpans.ts';

const span = { from: '2026-10-22', to: '2026-11-25' };

function series(currency: string, first: string, last: string): ViewedSeries {
  const days = [];
  for (let date = first; date <= last; date = addDays(date, 1)) days.push({ date, cost: '5' });
  const place = { subAccountId: null, serviceName: 'Compute', regionId: null, skuMeter: null };
  return { ...place, currency, days, revisions: [] };
}

it('judges a connection with one currency over the whole span', () => {
  const spans = currencySpans({ series: [series('USD', '2026-01-01', '2026-11-25')] }, span);
  expect([...spans]).toEqual([['USD', span]]);
});

it('does not judge before the first day of any costs', () => {
  const spans = currencySpans({ series: [series('USD', '2026-11-01', '2026-11-25')] }, span);
  expect(spans.get('USD')).toEqual({ from: '2026-11-01', to: '2026-11-25' });
});

it('ends one currency before and begins the other with the change of the bill', () => {
  const view = {
    series: [
      series('USD', '2026-01-01', '2026-11-10'),
      series('EUR', '2026-11-11', '2026-11-25'),
      series('EUR', '2026-11-20', '2026-11-25'),
    ],
  };
  expect([...currencySpans(view, span)]).toEqual([
    ['USD', { from: '2026-10-22', to: '2026-11-09' }],
    ['EUR', { from: '2026-11-11', to: '2026-11-25' }],
  ]);
});

it('judges the end of all costs in a currency that none has replaced', () => {
  const view = {
    series: [series('USD', '2026-01-01', '2026-11-20'), series('EUR', '2026-01-01', '2026-11-25')],
  };
  expect(currencySpans(view, span).get('USD')).toEqual(span);
});
