import { describe, expect, it } from 'vitest';
import type { KnownFinding, SeriesKey } from './connectionView.ts';
import { findIncidents } from './findIncidents.ts';
import type { SeriesFinding } from './judgeSeries.ts';
import { listSettled } from './listSettled.ts';

function key(serviceName: string, given: Partial<SeriesKey> = {}): SeriesKey {
  return {
    subAccountId: '1',
    serviceName,
    regionId: 'eu',
    currency: 'USD',
    skuMeter: null,
    ...given,
  };
}

function finding(series: SeriesKey, date: string, impact: number): SeriesFinding {
  const kind = impact < 0 ? 'drop' : 'spike';
  const detection = {
    date,
    since: date,
    kind,
    score: 9,
    actual: 0,
    expected: 0,
    lower: 0,
    upper: 0,
    impact,
  } as const;
  return {
    series,
    detection,
    quiet: undefined,
    date,
    kind,
    impact: String(impact),
    dimensions: {
      ServiceName: series.serviceName,
      SubAccountId: '1',
      RegionId: series.regionId ?? '',
    },
  };
}

function known(given: Partial<KnownFinding>): KnownFinding {
  const identity = { subAccountId: '1', serviceName: 'EC2', regionId: 'eu', currency: 'USD' };
  return {
    id: 'a',
    identity,
    direction: 'up',
    startedOn: '2026-06-10',
    lastSeenOn: '2026-06-11',
    status: 'open',
    statusBy: null,
    impact: '1',
    series: [key('EC2'), key('EBS')],
    ...given,
  };
}

describe('findIncidents', () => {
  it('knows an incident by its largest move and again by any of its series', () => {
    const [fresh] = findIncidents(
      [finding(key('EBS'), '2026-06-12', 5), finding(key('EC2'), '2026-06-12', 50)],
      [],
    );
    expect(fresh).toMatchObject({ startedOn: '2026-06-12', identity: { serviceName: 'EC2' } });
    const [again] = findIncidents([finding(key('EBS'), '2026-06-12', 5)], [known({})]);
    expect(again).toMatchObject({ startedOn: '2026-06-10', identity: { serviceName: 'EC2' } });
  });

  it.each([
    ['in the other direction', known({ direction: 'down' })],
    ['longer ago', known({ lastSeenOn: '2026-06-08', startedOn: '2026-06-01' })],
    ['in another series', known({ series: [key('EC2', { regionId: 'us' })] })],
    ['of a single meter', known({ series: [key('EC2', { skuMeter: 'BoxUsage' })] })],
  ])('an earlier one %s is another', (_name, earlier) => {
    const [incident] = findIncidents([finding(key('EC2'), '2026-06-12', 5)], [earlier]);
    expect(incident?.startedOn).toBe('2026-06-12');
  });

  it('what was one incident stays one, though today it looks like two', () => {
    const apart = [
      finding(key('EC2', { regionId: 'us' }), '2026-06-12', 50),
      finding(key('RDS', { regionId: 'eu' }), '2026-06-12', 20),
    ];
    expect(findIncidents(apart, [])).toHaveLength(2);
    const series = apart.map((one) => one.series);
    const [whole, ...others] = findIncidents(apart, [known({ series })]);
    expect(others).toEqual([]);
    expect(whole?.findings).toHaveLength(2);
    expect(whole?.startedOn).toBe('2026-06-10');
  });

  it('keeps currencies apart', () => {
    const found = ['USD', 'EUR'].map((currency) =>
      finding(key('EC2', { currency }), '2026-06-12', 5),
    );
    expect(findIncidents(found, []).map(({ identity }) => identity.currency)).toEqual([
      'USD',
      'EUR',
    ]);
  });
});

describe('listSettled', () => {
  it.each([
    ['a week and a day ago', {}, '2026-06-19', 1],
    ['a week ago', {}, '2026-06-18', 0],
    ['long ago, judged by a person', { statusBy: 'ada' }, '2026-07-01', 0],
    ['long ago, by another detector', { series: [] }, '2026-07-01', 0],
    ['long ago, over already', { status: 'resolved' as const }, '2026-07-01', 0],
  ])('a finding that was last seen %s', (_name, given, asOf, count) => {
    expect(listSettled([known(given)], [], asOf)).toHaveLength(count);
  });

  it('is not over while an incident goes on in it', () => {
    const earlier = known({});
    const incidents = findIncidents([finding(key('EC2'), '2026-06-13', 5)], [earlier]);
    expect(listSettled([earlier], incidents, '2026-06-30')).toEqual([]);
  });
});
