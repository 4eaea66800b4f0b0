import { expect, it } from 'vitest';
import { comparedPeriod, daysOf, readView, toQuery, toUntaggedQuery } from './view';

const view = (query: string) => readView(new URLSearchParams(query), '2026-11-27');

it('shows 30 days by service where the address says nothing', () => {
  expect(view('')).toEqual({
    from: '2026-10-28',
    to: '2026-11-27',
    preset: '30',
    groupBy: 'service',
    tagKey: null,
    compare: 'previous',
    filter: {},
  });
});

it('reads a shared view', () => {
  expect(
    view('from=2026-10-01&to=2026-11-01&group_by=region&provider=aws&service=EC2&compare=year'),
  ).toEqual({
    from: '2026-10-01',
    to: '2026-11-01',
    preset: null,
    groupBy: 'region',
    tagKey: null,
    compare: 'year',
    filter: { provider: 'aws', service: 'EC2' },
  });
});

it.each([
  ['days=7', '2026-11-20', '2026-11-27'],
  ['days=month', '2026-11-01', '2026-11-28'],
  ['days=last-month', '2026-10-01', '2026-11-01'],
])('%s is %s to %s', (query, from, to) => {
  expect(view(query)).toMatchObject({ from, to });
});

it.each([
  'days=12',
  'from=2026-11-01&to=2026-10-01',
  'from=x&to=y',
  'from=2026-01-99&to=2026-02-01',
  'from=2026-02-30&to=2026-03-05',
  'from=2001-01-01&to=2026-01-01',
  'group_by=price',
  'compare=toString',
  'tag=web',
])('falls back for %s', (query) => {
  expect(view(query)).toMatchObject({
    preset: '30',
    groupBy: 'service',
    compare: 'previous',
    filter: {},
  });
});

it('asks the API for a tag only with its name', () => {
  expect(toQuery(view('group_by=tag'))).toEqual({});
  expect(toQuery(view('group_by=tag&tagKey=team'))).toEqual({ tagKey: 'team' });
  expect(toQuery(view('tagKey=team&provider=aws'))).toEqual({ provider: 'aws' });
  expect(toQuery(view('tagKey=team&tag=web'))).toEqual({ tagKey: 'team', tag: 'web' });
});

it('asks for no forecast of a tag', () => {
  expect(toUntaggedQuery(view('group_by=tag&tagKey=team&region=r'))).toEqual({ region: 'r' });
  expect(toUntaggedQuery(view('tagKey=team&tag=web'))).toBeNull();
});

it('lists the days of a period, the end excluded', () => {
  expect(daysOf('2026-02-27', '2026-03-02')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
});

it('compares with as many days right before, or a year before', () => {
  const days = { from: '2028-02-29', to: '2028-03-03' };
  expect(comparedPeriod({ ...days, compare: 'previous' })).toEqual({
    from: '2028-02-26',
    to: '2028-02-29',
  });
  expect(comparedPeriod({ ...days, compare: 'year' })).toEqual({
    from: '2027-02-28',
    to: '2027-03-03',
  });
  expect(comparedPeriod({ ...days, compare: 'none' })).toBeUndefined();
});
