import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Exact } from './exact.ts';
import { type DayFinding, groupIncidents } from './groupIncidents.ts';

function finding(service: string, region: string, date: string, impact: string): DayFinding {
  return { dimensions: { ServiceName: service, RegionId: region }, date, kind: 'spike', impact };
}

const DAYS = [
  finding('EC2', 'eu-west-1', '2026-03-02', '100.10'),
  finding('EC2', 'us-east-1', '2026-03-02', '50'),
  finding('EC2', 'eu-west-1', '2026-03-03', '110'),
  finding('EC2', 'us-east-1', '2026-03-03', '-70'),
  finding('S3', 'eu-west-1', '2026-03-03', '20'),
  finding('EC2', 'eu-west-1', '2026-03-04', '120'),
];

describe('groupIncidents', () => {
  it('makes one incident with many drivers of what shows in many series, and keeps opposite moves apart', () => {
    const incidents = groupIncidents(DAYS);
    expect(
      incidents.map(({ direction, impact, drivers }) => [direction, impact, drivers.length]),
    ).toEqual([
      ['up', '380.1', 2],
      ['up', '20', 1],
      ['down', '-70', 1],
    ]);
  });

  it('grows from day to day instead of becoming new incidents', () => {
    const before = groupIncidents(DAYS.filter(({ date }) => date < '2026-03-03'));
    const after = groupIncidents(DAYS.filter(({ date }) => date < '2026-03-05'));
    expect(before).toHaveLength(1);
    const grown = after.find(({ startedOn }) => startedOn === before[0]?.startedOn);
    expect(grown).toMatchObject({ startedOn: '2026-03-02', lastSeenOn: '2026-03-04' });
    expect(grown?.drivers[0]).toMatchObject({ firstSeenOn: '2026-03-02', impact: '330.1' });
  });

  it('takes services that move in one region of an account on the same days for one incident', () => {
    const inAccount = (
      service: string,
      region: string,
      account: string,
      date: string,
    ): DayFinding => {
      const { dimensions, ...rest } = finding(service, region, date, '10');
      return { ...rest, dimensions: { ...dimensions, SubAccountId: account } };
    };
    const incidents = groupIncidents([
      inAccount('EC2', 'eu-west-1', '111', '2026-03-02'),
      inAccount('EBS', 'eu-west-1', '111', '2026-03-03'),
      inAccount('EBS', 'us-east-1', '222', '2026-03-03'),
      inAccount('RDS', 'us-east-1', '111', '2026-03-03'),
      inAccount('SQS', 'eu-west-1', '111', '2026-03-06'),
    ]);
    // EBS in another account joins by its service; SQS began too late to be the same.
    expect(
      incidents.map(({ findings }) => findings.map((f) => f.dimensions['ServiceName'])),
    ).toEqual([['EC2', 'EBS', 'EBS'], ['RDS'], ['SQS']]);
  });

  it('begins a new incident after a gap', () => {
    const incidents = groupIncidents([
      finding('EC2', 'eu-west-1', '2026-03-02', '10'),
      finding('EC2', 'eu-west-1', '2026-03-06', '10'),
    ]);
    expect(incidents).toHaveLength(2);
  });

  it('the impacts of the drivers add up exactly to the incident, and of all incidents to all findings', () => {
    const arbitrary = fc.array(
      fc
        .tuple(
          fc.constantFrom('EC2', 'S3', 'RDS'),
          fc.constantFrom('eu', 'us'),
          fc.integer({ min: 1, max: 28 }),
          fc.integer({ min: -1e9, max: 1e9 }),
        )
        .map(([service, region, day, units]) =>
          finding(
            service,
            region,
            `2026-03-${String(day).padStart(2, '0')}`,
            new Exact(units).div(1e6).toFixed(),
          ),
        ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(arbitrary, (all) => {
        const incidents = groupIncidents(all);
        const sum = (values: string[]) =>
          values.reduce((s, x) => s.plus(x), new Exact(0)).toFixed();
        for (const { drivers, impact } of incidents) {
          expect(sum(drivers.map((driver) => driver.impact))).toBe(impact);
        }
        expect(sum(incidents.map(({ impact }) => impact))).toBe(
          sum(all.map(({ impact }) => impact)),
        );
      }),
    );
  });
});
