import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sumDecimals } from '../../core/money/money.ts';
import { addDays } from '../../core/time/day.ts';
import { meter, startDetective, type ChargesOn, type TestDetective } from './detective.ts';

// A Wednesday in the middle of a month: neither a holiday nor a monthly charge is near.
const START = '2026-06-17';
const HISTORY_FROM = '2026-03-01';
const EC2 = 'Amazon Elastic Compute Cloud - Compute';
const EBS = 'Amazon Elastic Block Store';
const place = (serviceName: string, regionId: string, skuMeter: string, resourceId?: string) => ({
  subAccountId: '123456789012',
  serviceName,
  regionId,
  skuMeter,
  ...(resourceId !== undefined && { resourceId, tags: { owner: `team-${resourceId}` } }),
});
const all =
  (...parts: ChargesOn[]): ChargesOn =>
  (day) =>
    parts.flatMap((part) => part(day));
const since = (first: string, before: number, after: number) => (day: string) =>
  day >= first ? after : before;

let detective: TestDetective;
beforeEach(async () => {
  detective = await startDetective();
});
afterEach(() => detective.close());

/** Stores history and judges each of the days, as a poll each morning does. */
async function live(charges: ChargesOn, lastDay: string): Promise<void> {
  await detective.store({ from: HISTORY_FROM, to: addDays(lastDay, 1) }, charges);
  for (let day = START; day <= lastDay; day = addDays(day, 1))
    await detective.judge(addDays(day, 1));
}

describe('an incident', () => {
  it('that shows in many series is one finding with many drivers, and grows from day to day', async () => {
    const charges = all(
      meter(place(EC2, 'us-east-1', 'BoxUsage:m5.large', 'i-1'), since(START, 100, 260)),
      meter(place(EC2, 'eu-west-1', 'BoxUsage:m5.large', 'i-2'), since(START, 80, 210)),
      meter(place(EBS, 'us-east-1', 'EBS:VolumeUsage.gp3', 'vol-1'), since(START, 30, 75)),
      meter(place('Amazon RDS', 'ap-south-1', 'InstanceUsage:db.m5'), () => 50),
    );
    await detective.store({ from: HISTORY_FROM, to: addDays(START, 1) }, charges);
    await detective.judge(addDays(START, 1));
    const [first, ...others] = await detective.findings();
    expect(others).toEqual([]);
    expect(first).toMatchObject({ startedOn: START, lastSeenOn: START, status: 'open' });
    await live(charges, addDays(START, 3));
    const [grown, ...more] = await detective.findings();
    expect(more).toEqual([]);
    expect(grown).toMatchObject({ id: first!.id, startedOn: START, lastSeenOn: addDays(START, 3) });
    expect(grown!.series.map((part) => `${part.serviceName} ${part.regionId}`).sort()).toEqual([
      `${EBS} us-east-1`,
      `${EC2} eu-west-1`,
      `${EC2} us-east-1`,
    ]);
    expect(Number(grown!.impact)).toBeGreaterThan(2.5 * Number(first!.impact));
    expect(grown!.explanation).toContain('It shows in 3 cost series');
    expect(grown!.owners).toEqual(['team-i-1', 'team-i-2', 'team-vol-1']);
  });

  it('is split over its drivers to the last digit, and into usage, price and mix', async () => {
    const charges = all(
      meter(place(EC2, 'us-east-1', 'BoxUsage:m5.large', 'i-1'), since(START, 100, 0)),
      meter(place(EC2, 'us-east-1', 'BoxUsage:m5.xlarge', 'i-2'), since(START, 0, 260)),
      meter(place(EC2, 'us-east-1', 'BoxUsage:t3.small', 'i-3'), () => 40),
    );
    await live(charges, addDays(START, 1));
    const finding = (await detective.findings()).find(({ kind }) => kind !== 'drop')!;
    const excess = ({ actual, expected }: { actual: string; expected: string }) =>
      sumDecimals([actual, expected.startsWith('-') ? expected.slice(1) : `-${expected}`]);
    for (const dimension of ['SkuMeter', 'ResourceId'] as const) {
      const drivers = finding.drivers.filter((driver) => driver.dimension === dimension);
      expect(drivers.length).toBeGreaterThanOrEqual(3);
      expect(sumDecimals(drivers.map(excess))).toBe(finding.impact);
      expect(drivers.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 4);
    }
    expect(sumDecimals(finding.series.map(({ impact }) => impact))).toBe(finding.impact);
    const { total, ...parts } = finding.attribution!.change;
    expect(total).toBe(finding.impact);
    expect(sumDecimals(Object.values(parts))).toBe(finding.impact);
    expect(Number(parts.added)).toBeGreaterThan(500);
    expect(Number(parts.removed)).toBeLessThan(-180);
    const causes = finding.attribution!.causes.map(({ direction, path }) => [
      direction,
      path.at(-1)?.value,
    ]);
    expect(causes).toContainEqual(['up', 'i-2']);
    expect(causes).toContainEqual(['down', 'i-1']);
  });

  it('two opposite moves inside one account do not cancel out', async () => {
    const charges = all(
      meter(place(EC2, 'us-east-1', 'BoxUsage:m5.large'), since(START, 200, 120)),
      meter(place(EC2, 'us-east-1', 'DataTransfer-Out'), since(START, 100, 180)),
      meter(place(EC2, 'us-east-1', 'BoxUsage:t3.small'), () => 300),
    );
    await live(charges, addDays(START, 2));
    const findings = await detective.findings();
    expect(findings.map(({ kind, series }) => [kind === 'drop', series[0]?.skuMeter])).toEqual(
      expect.arrayContaining([
        [true, 'BoxUsage:m5.large'],
        [false, 'DataTransfer-Out'],
      ]),
    );
    expect(findings).toHaveLength(2);
    expect(findings.every(({ explanation }) => explanation.includes('('))).toBe(true);
  });

  it('in a new region or service is seen on its first day', async () => {
    const charges = all(
      meter(place(EC2, 'us-east-1', 'BoxUsage:m5.large'), () => 100),
      meter(place(EC2, 'sa-east-1', 'BoxUsage:p4d.24xlarge'), since(START, 0, 90)),
      meter(place('Amazon SageMaker', 'us-east-1', 'ml.g5'), since(addDays(START, 1), 0, 60)),
    );
    await live(charges, addDays(START, 1));
    expect(
      (await detective.findings()).map(({ kind, regionId, serviceName, startedOn }) => ({
        kind,
        regionId,
        serviceName,
        startedOn,
      })),
    ).toEqual([
      { kind: 'new_service', regionId: 'sa-east-1', serviceName: EC2, startedOn: START },
      {
        kind: 'new_service',
        regionId: 'us-east-1',
        serviceName: 'Amazon SageMaker',
        startedOn: addDays(START, 1),
      },
    ]);
  });

  it('of a small move begins on its first day, though it took two to be worth raising', async () => {
    const isOn = (day: string) => day === START || day === addDays(START, 1);
    const charges = meter(place(EC2, 'us-east-1', 'BoxUsage:t3.small'), (day) =>
      isOn(day) ? 15 : 8,
    );
    await live(charges, START);
    expect(await detective.findings()).toEqual([]);
    await live(charges, addDays(START, 1));
    const [finding] = await detective.findings();
    expect(finding).toMatchObject({ startedOn: START, lastSeenOn: addDays(START, 1) });
    expect(Number(finding!.impact)).toBeGreaterThan(13);
  });

  it('that was over before anybody looked is kept as resolved and raised by nobody', async () => {
    const charges = meter(place(EC2, 'us-east-1', 'BoxUsage:m5.large'), (day) =>
      day === START ? 400 : 100,
    );
    await detective.store({ from: HISTORY_FROM, to: addDays(START, 20) }, charges);
    expect(await detective.judge(addDays(START, 20))).toEqual({ findings: 1, newAnomalyIds: [] });
    expect(await detective.findings()).toMatchObject([{ startedOn: START, status: 'resolved' }]);
  });

  it('is reported as over once it has not been seen for a week, and its return is another', async () => {
    const isOn = (day: string) => day === START || day >= addDays(START, 14);
    const charges = meter(place(EC2, 'us-east-1', 'BoxUsage:m5.large'), (day) =>
      isOn(day) ? 400 : 100,
    );
    await live(charges, addDays(START, 9));
    const [over] = await detective.findings();
    expect(over).toMatchObject({ status: 'resolved' });
    expect(over?.statusReason).toContain(`Not seen since ${START}`);
    await live(charges, addDays(START, 14));
    expect((await detective.findings()).map(({ status }) => status)).toEqual(['resolved', 'open']);
  });
});

describe('judging', () => {
  it('reads the database once where there is no news', async () => {
    const charges = meter(place(EC2, 'us-east-1', 'BoxUsage:m5.large'), since(START, 100, 300));
    await live(charges, START);
    detective.statements.length = 0;
    await detective.judge(addDays(START, 1));
    expect(detective.statements).toHaveLength(1);
    expect(await detective.findings()).toHaveLength(1);
  });

  it('does the same twice without a second effect', async () => {
    const charges = meter(place(EC2, 'us-east-1', 'BoxUsage:m5.large'), since(START, 100, 300));
    await live(charges, addDays(START, 2));
    const before = await detective.findings();
    await detective.judge(addDays(START, 3));
    expect(await detective.findings()).toEqual(before);
  });

  it('follows the connection’s floors and sensitivity', async () => {
    const { api, admin, connectionId } = detective;
    const patched = await api.call('PATCH', `/api/v1/connections/${connectionId}`, {
      as: admin.as,
      body: { minDailyImpact: '500', minTotalImpact: '500' },
    });
    expect(patched.body).toMatchObject({ minDailyImpact: '500' });
    const charges = meter(place(EC2, 'us-east-1', 'BoxUsage:m5.large'), since(START, 100, 300));
    await live(charges, START);
    expect(await detective.findings()).toEqual([]);
  });
});
