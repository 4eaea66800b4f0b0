import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Anomaly } from '../../core/contracts/anomaly.ts';
import { generateSeries } from '../../bench/detection/generateSeries.ts';
import { addDays } from '../../core/time/day.ts';
import { charge } from '../api/charge.ts';
import { meter, startDetective, type TestDetective } from './detective.ts';

const HISTORY_FROM = '2026-03-01';
// A Wednesday in the middle of a month.
const START = '2026-06-17';
const PLACE = {
  subAccountId: '123456789012',
  serviceName: 'Amazon Elastic Compute Cloud - Compute',
  regionId: 'us-east-1',
  skuMeter: 'BoxUsage:m5.large',
};

let detective: TestDetective;
beforeEach(async () => {
  detective = await startDetective();
});
afterEach(() => detective.close());

/** Stores what a cost does up to a day and judges each day from `from` on; returns how many findings were raised. */
async function live(
  costOn: (day: string) => number,
  { from, to }: { from: string; to: string },
): Promise<number> {
  await detective.store({ from: HISTORY_FROM, to: addDays(to, 1) }, meter(PLACE, costOn));
  let raised = 0;
  for (let day = from; day <= to; day = addDays(day, 1))
    raised += (await detective.judge(addDays(day, 1))).newAnomalyIds.length;
  return raised;
}

async function say(anomaly: Anomaly | undefined, body: Record<string, unknown>): Promise<Anomaly> {
  const reply = await detective.api.call('POST', `/api/v1/anomalies/${anomaly?.id}/feedback`, {
    as: detective.admin.as,
    body,
  });
  expect(reply.status).toBe(201);
  return reply.body as Anomaly;
}

const spikeOn =
  (...days: string[]) =>
  (day: string) =>
    days.includes(day) ? 300 : 100;

describe('what a person says', () => {
  it('of a finding that is expected keeps it quiet while it goes on, and raises nothing new', async () => {
    const costOn = (day: string) => (day >= START ? 180 : 100);
    expect(await live(costOn, { from: START, to: START })).toBe(1);
    const said = await say((await detective.findings())[0], {
      verdict: 'expected',
      reason: 'The new shop is open',
    });
    expect(said).toMatchObject({ status: 'expected', statusBy: detective.admin.username });
    expect(await live(costOn, { from: addDays(START, 1), to: addDays(START, 8) })).toBe(0);
    const [kept, ...others] = await detective.findings();
    expect(others).toEqual([]);
    expect(kept).toMatchObject({ status: 'expected', statusReason: 'The new shop is open' });
    expect(kept!.lastSeenOn > START).toBe(true);
  });

  it('of one such weekday is true of every such weekday, and of no other', async () => {
    const [second, third, thursday] = [addDays(START, 7), addDays(START, 14), addDays(START, 15)];
    const costOn = spikeOn(START, second, third, thursday);
    expect(await live(costOn, { from: START, to: START })).toBe(1);
    await say((await detective.findings())[0], { verdict: 'expected', appliesTo: 'weekday' });
    expect(await live(costOn, { from: addDays(START, 1), to: third })).toBe(0);
    const kept = await detective.findings();
    expect(kept.map(({ startedOn, status }) => [startedOn, status])).toEqual([
      [START, 'expected'],
      [second, 'expected'],
      [third, 'expected'],
    ]);
    expect(kept[1]).toMatchObject({
      statusBy: null,
      statusReason: 'Such days were marked as expected.',
    });
    // The same finding goes on, on a day that nobody expects.
    expect(await live(costOn, { from: thursday, to: thursday })).toBe(0);
    expect((await detective.findings())[2]).toMatchObject({ status: 'open', lastSeenOn: thursday });
  });

  it('of a planned change keeps what is found in its days, without raising it', async () => {
    const costOn = (day: string) => (day < START ? 100 : day < addDays(START, 6) ? 160 : 240);
    expect(await live(costOn, { from: START, to: START })).toBe(1);
    await say((await detective.findings())[0], {
      verdict: 'planned',
      until: addDays(START, 10),
      reason: 'Migration to the new cluster',
    });
    expect(await live(costOn, { from: addDays(START, 1), to: addDays(START, 10) })).toBe(0);
    const findings = await detective.findings();
    expect(findings.every(({ status }) => status === 'planned')).toBe(true);
    expect(findings.at(-1)!.lastSeenOn >= addDays(START, 6)).toBe(true);
  });

  it('is taken back by opening the finding again', async () => {
    expect(await live(spikeOn(START), { from: START, to: START })).toBe(1);
    const [anomaly] = await detective.findings();
    await say(anomaly, { verdict: 'expected', appliesTo: 'weekday' });
    await detective.api.call('PATCH', `/api/v1/anomalies/${anomaly!.id}`, {
      as: detective.admin.as,
      body: { status: 'open' },
    });
    const second = addDays(START, 7);
    expect(await live(spikeOn(START, second), { from: addDays(START, 1), to: second })).toBe(1);
  });

  it('is listed, newest first, with who said it', async () => {
    await live(spikeOn(START), { from: START, to: START });
    const [anomaly] = await detective.findings();
    await say(anomaly, { verdict: 'real', reason: 'A loop' });
    await say(anomaly, { verdict: 'false_alarm' });
    const { body } = await detective.api.call('GET', `/api/v1/anomalies/${anomaly!.id}/feedback`, {
      as: detective.admin.as,
    });
    expect(body).toMatchObject({
      items: [
        { verdict: 'false_alarm', status: 'false_alarm', givenBy: detective.admin.username },
        { verdict: 'real', status: 'open', reason: 'A loop' },
      ],
    });
  });

  it.each([
    [{ verdict: 'maybe' }, '/verdict'],
    [{ verdict: 'real', appliesTo: 'weekday' }, '/appliesTo'],
    [{ verdict: 'expected', until: '2026-07-01' }, '/until'],
    [{ verdict: 'planned', until: '2026-02-30' }, '/until'],
    [{}, '/verdict'],
  ])('%j is refused by name', async (body, pointer) => {
    await live(spikeOn(START), { from: START, to: START });
    const [anomaly] = await detective.findings();
    const reply = await detective.api.call('POST', `/api/v1/anomalies/${anomaly!.id}/feedback`, {
      as: detective.admin.as,
      body,
    });
    expect(reply.refusal()).toMatchObject({ status: 400, pointers: [pointer] });
  });
});

describe('false alarms', () => {
  it('become fewer by what people say of them', async () => {
    // Series with tails as heavy as those of real queues and no event in them: all that is raised is a false alarm.
    const noisy = generateSeries(778, 390).filter(
      ({ family, events }) => family.startsWith('heavyTailed') && events.length === 0,
    );
    const starts = noisy.map(({ input }) => input.series[0]?.date ?? '').sort();
    const from = starts[0] ?? '';
    const costs = noisy.map(
      ({ input }, i) =>
        [`Service ${i}`, new Map(input.series.map(({ date, cost }) => [date, cost]))] as const,
    );
    const chargesOn = (day: string) =>
      costs.flatMap(([serviceName, byDay]) => {
        const cost = byDay.get(day);
        return cost === undefined ? [] : [charge(day, cost.toFixed(4), { serviceName })];
      });
    const heard = async (listens: boolean) => {
      await detective.api.call('PATCH', `/api/v1/connections/${detective.connectionId}`, {
        as: detective.admin.as,
        body: { sensitivity: 1.8 },
      });
      await detective.store({ from, to: addDays(from, 1000) }, chargesOn);
      for (let day = addDays(from, 40); day < addDays(from, 1000); day = addDays(day, 30)) {
        await detective.judge(day);
        if (!listens) continue;
        const open = (await detective.findings()).filter(({ status }) => status !== 'false_alarm');
        for (const finding of open) await say(finding, { verdict: 'false_alarm' });
        // As if it had been said on that day.
        await detective.db
          .updateTable('anomaly_feedback')
          .set({ created_at: new Date(day) })
          .where('created_at', '>', new Date(day))
          .execute();
      }
      return (await detective.findings()).length;
    };
    const before = await heard(false);
    await detective.close();
    detective = await startDetective();
    const after = await heard(true);
    console.log(`False alarms: ${before} where nobody answers, ${after} where each is called one`);
    expect(before).toBeGreaterThan(20);
    expect(before - after).toBeGreaterThanOrEqual(2);
  });
});
