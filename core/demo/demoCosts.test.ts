import { describe, expect, test } from 'vitest';
import { Provider } from '../contracts/scalars.ts';
import type { CostRecord } from '../focus/costRecord.ts';
import { regionFromAwsUsageType } from '../focus/regionFromAwsUsageType.ts';
import { money, multiplyMoney, roundMoney, sumDecimals } from '../money/money.ts';
import { addDays } from '../time/day.ts';
import { demoCosts, demoHistoryStart, type DemoStory } from './demoCosts.ts';
import { detectSeries } from '../detection/detectSeries.ts';
import { findEc2HourlyPrice } from './ec2Price.ts';

const ANCHOR = '2026-11-23';
const STORY: DemoStory = { anchorDay: ANCHOR, today: ANCHOR, changes: [] };
const ALL = { from: demoHistoryStart(ANCHOR), to: ANCHOR };
const BATCH_WORKER = 'i-58bfb29ba54d212a3';

const rowsOf = (provider: Provider, period = ALL, story = STORY): CostRecord[] => [
  ...demoCosts(provider, period, story),
];
const total = (rows: CostRecord[]): string => sumDecimals(rows.map((row) => row.billedCost));
const on = (offset: number) => ({ from: addDays(ANCHOR, offset), to: addDays(ANCHOR, offset + 1) });
const where = (rows: CostRecord[], serviceName: string, regionId: string | null) =>
  rows.filter((row) => row.serviceName === serviceName && row.regionId === regionId);

describe('the demo’s costs', () => {
  test.each(Provider.options)('%s: the same question has the same answer', (provider) => {
    expect(rowsOf(provider, on(-40))).toEqual(rowsOf(provider, on(-40)));
  });

  test.each(Provider.options)('%s: a period is the sum of its days', (provider) => {
    const days = Array.from({ length: 45 }, (_, i) => rowsOf(provider, on(i - 45))).flat();
    expect(rowsOf(provider, { from: addDays(ANCHOR, -45), to: ANCHOR })).toEqual(days);
  });

  test.each(Provider.options)('%s: a day restated later costs the same', (provider) => {
    const later = { ...STORY, today: addDays(ANCHOR, 9) };
    expect(total(rowsOf(provider, on(-2), later))).toBe(total(rowsOf(provider, on(-2))));
    expect(rowsOf(provider, on(-2)).every((row) => row.xEstimated)).toBe(true);
    expect(rowsOf(provider, on(-2), later).every((row) => row.xEstimated)).toBe(false);
  });

  test.each(Provider.options)('%s: ends the day before today and goes on later', (provider) => {
    expect(rowsOf(provider, on(0))).toEqual([]);
    const later = rowsOf(provider, on(0), { ...STORY, today: addDays(ANCHOR, 1) });
    expect(later.length).toBeGreaterThan(0);
  });

  test.each(Provider.options)(
    '%s: amounts are exact decimals, negative for credits only',
    (provider) => {
      for (const row of rowsOf(provider)) {
        expect(row.billedCost).toMatch(/^-?\d+(\.\d{1,6})?$/);
        expect(row.billedCost.startsWith('-')).toBe(row.chargeCategory === 'Credit');
      }
    },
  );

  test.each(Provider.options)('%s: no day names the same charge twice', (provider) => {
    const rows = rowsOf(provider, on(-1));
    const keys = rows.map((row) =>
      [
        row.subAccountId,
        row.serviceName,
        row.regionId,
        row.skuId,
        row.skuMeter,
        row.resourceId,
      ].join('|'),
    );
    expect(new Set(keys).size).toBe(rows.length);
  });

  test('has two currencies, each account in one of them', () => {
    const currencies = Provider.options.map((p) => [
      p,
      [...new Set(rowsOf(p, on(-5)).map((row) => row.billingCurrency))],
    ]);
    expect(Object.fromEntries(currencies)).toEqual({
      aws: ['USD'],
      gcp: ['USD'],
      azure: ['EUR'],
      openai: ['USD'],
      anthropic: ['USD'],
    });
  });

  test('bills instance hours at the price of their type', () => {
    for (const row of rowsOf('aws').filter((r) => r.resourceId !== null)) {
      const type = row.skuMeter?.split(':')[1] ?? '';
      const price = findEc2HourlyPrice(row.regionId ?? '', type) ?? 'none';
      const cost = multiplyMoney(money(price, 'USD'), row.consumedQuantity ?? '');
      expect(row.billedCost).toBe(roundMoney(cost, 6).amount.replace(/\.?0+$/, ''));
    }
    expect(findEc2HourlyPrice('us-east-1', 'm5.4xlarge')).toBe('0.768');
    expect(findEc2HourlyPrice('eu-central-1', 'c5.2xlarge')).toBe('0.388');
  });

  test('names AWS regions as the usage types do', () => {
    for (const row of rowsOf('aws', on(-1))) {
      expect(row.regionId).toBe(regionFromAwsUsageType(row.serviceName, row.skuMeter ?? ''));
    }
  });

  test('charges for support on the first of the month only', () => {
    const support = rowsOf('aws').filter((row) => row.serviceName.startsWith('AWS Support'));
    expect(support).toHaveLength(14);
    expect(support.every((row) => row.chargePeriodStart.slice(8, 10) === '01')).toBe(true);
  });
});

describe('the demo’s incidents', () => {
  const EC2 = 'Amazon Elastic Compute Cloud - Compute';
  const cost = (provider: Provider, offset: number, service: string, region: string | null) =>
    Number(total(where(rowsOf(provider, on(offset)), service, region)));

  test('batch-worker more than doubles EC2 in us-east-1 since the day before yesterday', () => {
    expect(cost('aws', -1, EC2, 'us-east-1')).toBeGreaterThan(
      cost('aws', -8, EC2, 'us-east-1') * 2,
    );
    const hours = [-3, -2, -1].map(
      (offset) =>
        rowsOf('aws', on(offset)).find((row) => row.resourceId === BATCH_WORKER)?.consumedQuantity,
    );
    expect(hours).toEqual([undefined, '17', '24']);
  });

  test('batch-worker is the largest change of all', () => {
    const worker = rowsOf('aws', { from: addDays(ANCHOR, -2), to: ANCHOR });
    const impact = Number(total(worker.filter((row) => row.resourceId === BATCH_WORKER)));
    const anthropic =
      cost('anthropic', -1, 'Claude API', null) - cost('anthropic', -8, 'Claude API', null);
    const transfer =
      cost('aws', -7, 'EC2 - Other', 'eu-central-1') -
      cost('aws', -14, 'EC2 - Other', 'eu-central-1');
    expect(transfer).toBeGreaterThan(5);
    expect(anthropic).toBeGreaterThan(5);
    expect(impact).toBeGreaterThan(2 * transfer);
    expect(impact).toBeGreaterThan(2 * anthropic);
  });

  test.each(Array.from({ length: 14 }, (_, i) => addDays('2026-11-20', i)))(
    'the runaway agent is a finding for a newcomer of %s',
    (anchorDay) => {
      const story = { anchorDay, today: anchorDay, changes: [] };
      const period = { from: demoHistoryStart(anchorDay), to: anchorDay };
      const costs = new Map<string, number>();
      for (const row of demoCosts('anthropic', period, story)) {
        if (row.subAccountId !== 'wrkspc_northwind_triage') continue;
        const date = row.chargePeriodStart.slice(0, 10);
        costs.set(date, (costs.get(date) ?? 0) + Number(row.billedCost));
      }
      const series = [...costs].map(([date, cost]) => ({ date, cost }));
      const { detections } = detectSeries({ series });
      expect(detections.map(({ date, kind }) => ({ date, kind }))).toContainEqual({
        date: addDays(anchorDay, -1),
        kind: 'spike',
      });
    },
  );

  test('BigQuery spiked three weeks ago, Azure’s log ingestion fell silent', () => {
    expect(cost('gcp', -21, 'BigQuery', 'eu')).toBeGreaterThan(
      cost('gcp', -28, 'BigQuery', 'eu') * 1.8,
    );
    expect(cost('azure', -3, 'Log Analytics', 'westeurope')).toBeLessThan(
      cost('azure', -10, 'Log Analytics', 'westeurope') * 0.5,
    );
  });

  test('the bill follows a resize from the minute it succeeded', () => {
    const story = {
      anchorDay: ANCHOR,
      today: addDays(ANCHOR, 3),
      changes: [
        { resourceId: BATCH_WORKER, instanceType: 'm5.xlarge', at: '2026-11-23T12:30:00Z' },
      ],
    };
    const parts = rowsOf('aws', { from: ANCHOR, to: addDays(ANCHOR, 2) }, story)
      .filter((row) => row.resourceId === BATCH_WORKER)
      .map((row) => [
        row.chargePeriodStart.slice(0, 10),
        row.skuMeter,
        row.consumedQuantity,
        row.billedCost,
      ]);
    expect(parts).toEqual([
      ['2026-11-23', 'BoxUsage:m5.4xlarge', '12.5', '9.6'],
      ['2026-11-23', 'BoxUsage:m5.xlarge', '11.5', '2.208'],
      ['2026-11-24', 'BoxUsage:m5.xlarge', '24', '4.608'],
    ]);
    expect(total(rowsOf('aws', on(-1), story))).toBe(total(rowsOf('aws', on(-1))));
  });
});
