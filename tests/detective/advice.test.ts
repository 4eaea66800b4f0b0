import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecommendationRow } from '../../core/mcp/listRecommendations.ts';
import { storeRecommendations } from '../../db/queries/recommendations/storeRecommendations.ts';
import { listAdvice } from '../../db/queries/recommendations/listAdvice.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { type PollWorld, startPollWorld } from './pollWorld.ts';
import { startStubCostServer, type StubCostServer } from './stubCostServer.ts';

const ROW: RecommendationRow = {
  id: 'advice-1',
  category: 'rightsizing',
  kind: 'resize',
  ResourceId: 'i-0123456789abcdef0',
  ResourceName: 'checkout-api',
  ResourceType: 'AWS::EC2::Instance',
  RegionId: 'us-east-1',
  SubAccountId: '123456789012',
  current: 'm5.xlarge',
  recommended: 'm5.large',
  MonthlySaving: '70.08',
  BillingCurrency: 'USD',
  basis: 'estimate',
  risk: 'low',
  reasons: [],
  source: 'AWS Cost Explorer rightsizing',
  x_CpuMaxPercent: '12.5',
  x_MemoryMaxPercent: null,
};

let stub: StubCostServer;
let world: PollWorld;
beforeAll(async () => {
  stub = await startStubCostServer();
  world = await startPollWorld({ mcpUrl: () => stub.url });
});
afterAll(async () => {
  await world.close();
  await stub.close();
});

const actionsOf = (connectionId: string) =>
  world.api.services.db
    .selectFrom('actions')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .orderBy('created_at')
    .execute();

async function storeDays(connectionId: string, days: [string, Partial<RecommendationRow>][]) {
  const { db } = world.api.services;
  for (const [day, row] of days) {
    const rows = [{ ...ROW, ...row }];
    await db.transaction().execute((tx) => storeRecommendations(tx, { connectionId, day, rows }));
  }
}

describe('what a provider recommends', () => {
  it('is proposed once it has been advised for three days, and says that memory was not measured', async () => {
    const connectionId = await world.addConnection('aws', 'actions');
    stub.recommendations.splice(0, Infinity, ROW);
    const today = utcDay(new Date());
    await storeDays(connectionId, [[addDays(today, -1), {}]]);
    await world.poll(connectionId);
    expect(await actionsOf(connectionId)).toEqual([]);
    const tomorrow = new Date(`${addDays(today, 1)}T06:00:00Z`);
    await world.poll(connectionId, tomorrow);
    const [action, ...others] = await actionsOf(connectionId);
    expect(others).toEqual([]);
    expect(action).toMatchObject({
      kind: 'resize_instance',
      resource_id: ROW.ResourceId,
      target: { instanceType: 'm5.large' },
      proposed_by_kind: 'service',
    });
    expect(action?.reason).toContain('advised this on 3 days');
    expect(action?.reason).toContain('memory is used was not measured');
  });

  it('is asked for once a day, and only where actions are allowed', async () => {
    const [acting, reading] = [
      await world.addConnection('gcp', 'actions'),
      await world.addConnection('gcp'),
    ];
    const before = stub.timesAsked();
    await world.poll(reading);
    expect(stub.timesAsked()).toBe(before);
    await world.poll(acting);
    await world.poll(acting);
    expect(stub.timesAsked()).toBe(before + 1);
  });

  it('stays quiet after a no, until its time is over or a person proposes it', async () => {
    const connectionId = await world.addConnection('aws', 'actions');
    const { db } = world.api.services;
    stub.recommendations.splice(0, Infinity, ROW);
    const today = utcDay(new Date());
    await storeDays(
      connectionId,
      [-2, -1].map((back) => [addDays(today, back), {}]),
    );
    await world.poll(connectionId);
    const [first] = await actionsOf(connectionId);
    const at = (day: number) => new Date(`${addDays(today, day)}T06:00:00Z`);
    await db.updateTable('actions').set({ status: 'rejected' }).execute();
    // A day without it begins its count, and its idempotency key, anew.
    await storeDays(
      connectionId,
      [3, 4].map((day) => [addDays(today, day), {}]),
    );
    await world.poll(connectionId, at(5));
    expect(await actionsOf(connectionId)).toHaveLength(1);
    await db
      .updateTable('actions')
      .set({ updated_at: new Date(Date.now() - 31 * 86_400_000) })
      .where('id', '=', first?.id ?? '')
      .execute();
    await storeDays(
      connectionId,
      [8, 9].map((day) => [addDays(today, day), {}]),
    );
    await world.poll(connectionId, at(10));
    expect(await actionsOf(connectionId)).toHaveLength(2);
  });
});

describe('the days of an advice', () => {
  it.each([
    [
      'grow day by day',
      [
        ['2026-11-01', {}],
        ['2026-11-02', {}],
      ],
      2,
      '2026-11-01',
    ],
    [
      'count a day once',
      [
        ['2026-11-01', {}],
        ['2026-11-01', {}],
      ],
      1,
      '2026-11-01',
    ],
    [
      'begin anew after a gap',
      [
        ['2026-11-01', {}],
        ['2026-11-03', {}],
      ],
      1,
      '2026-11-03',
    ],
    [
      'begin anew with another target',
      [
        ['2026-11-01', {}],
        ['2026-11-02', { recommended: 'm5.2xlarge' }],
      ],
      1,
      '2026-11-02',
    ],
  ] as [string, [string, Partial<RecommendationRow>][], number, string][])(
    '%s',
    async (_, days, count, since) => {
      const connectionId = await world.addConnection('aws', 'actions');
      await storeDays(connectionId, days);
      const day = days.at(-1)![0];
      const advice = await listAdvice(world.api.services.db, { connectionId, day });
      expect(advice).toMatchObject([{ days: count, since }]);
    },
  );
});
