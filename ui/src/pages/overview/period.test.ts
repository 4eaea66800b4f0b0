import { expect, it } from 'vitest';
import { addDays, today } from '../../format/time';
import { daysOf, readView } from './period';

const view = (query: string) => readView(new URLSearchParams(query));

it('shows 30 days by service where the address says nothing', () => {
  expect(view('')).toEqual({
    from: addDays(today(), -30),
    to: today(),
    days: 30,
    groupBy: 'service',
    provider: null,
  });
});

it('reads a shared view', () => {
  expect(view('from=2026-10-01&to=2026-11-01&group_by=region&provider=aws')).toEqual({
    from: '2026-10-01',
    to: '2026-11-01',
    days: null,
    groupBy: 'region',
    provider: 'aws',
  });
});

it.each([
  'days=12',
  'from=2026-11-01&to=2026-10-01',
  'from=x&to=y',
  'from=2026-01-99&to=2026-02-01',
  'from=2026-02-30&to=2026-03-05',
  'from=2001-01-01&to=2026-01-01',
  'group_by=price',
])('falls back for %s', (query) => {
  expect(view(query)).toMatchObject({ days: 30, groupBy: 'service' });
});

it('lists the days of a period, the end excluded', () => {
  expect(daysOf('2026-02-27', '2026-03-02')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
});
