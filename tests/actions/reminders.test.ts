import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NotificationRoute } from '../../core/contracts/notification.ts';
import { poll } from './actionDesk.ts';
import { type ActionWorld, openActionWorld } from './actionWorld.ts';

const SECOND = 1 / 3600;
let world: ActionWorld;
let everyday: string;
let above: string;
beforeAll(async () => {
  // Of a proposal that lives half a minute: reminded after two seconds, escalated after four.
  world = await openActionWorld({
    cachedWorkflowsMax: 0,
    noticeHours: { reminder: 28 * SECOND, escalation: 26 * SECOND },
  });
  everyday = await addChannel('everyday', {});
  above = await addChannel('above', { approvals: false, escalations: true });
  await addChannel('findings only', { approvals: false });
  await addChannel('another cloud', { providers: ['gcp'], escalations: true });
});
afterAll(() => world.close());

const LIFE_MS = 30_000;

async function addChannel(name: string, route: Partial<NotificationRoute>): Promise<string> {
  const id = randomUUID();
  await world.desk.db
    .insertInto('notification_channels')
    .values({
      ...{ id, kind: 'slack', name, enabled: true },
      config: JSON.stringify({ host: 'hooks.example' }),
      route: JSON.stringify(NotificationRoute.parse(route)),
      secret_sealed: 'not opened here',
    })
    .execute();
  return id;
}

const messages = (action: string) =>
  world.desk.db
    .selectFrom('notification_deliveries')
    .select(['channel_id', 'event_key', 'content'])
    .where('subject_id', '=', action)
    .orderBy('created_at')
    .execute();

it('reminds once, escalates to another channel, and still takes the decision', async () => {
  const { aws, desk } = world;
  const action = await desk.propose(await aws.launch('m5.xlarge'), 'm5.large', LIFE_MS);
  await desk.untilEvent(
    action,
    /^notice proposed: One channel was told that it is still undecided$/,
  );
  expect(await messages(action)).toMatchObject([
    { channel_id: everyday, event_key: `action:${action}:reminder` },
    { channel_id: above, event_key: `action:${action}:escalation`, content: { severity: 'high' } },
  ]);
  expect(await desk.events(action)).toContain(
    'notice proposed: One channel was reminded that it waits for a decision',
  );
  await desk.decide(action, 'approve');
  await desk.until(action, 'succeeded');
});

it('counts the approvals that are missing where two are needed', async () => {
  const { aws, desk } = world;
  await desk.addPolicy('Two', { type: 'two_approvers' });
  const action = await desk.propose(await aws.launch('m5.xlarge'), 'm5.large', LIFE_MS);
  await desk.decide(action, 'approve');
  await desk.untilEvent(action, /^notice proposed: One channel was reminded/);
  const [first] = await messages(action);
  expect(first?.content).toMatchObject({
    facts: expect.arrayContaining([{ label: 'Approvals missing', value: '1' }]) as unknown,
  });
  await desk.decide(action, 'reject');
  await desk.clearPolicies();
});

it('says nothing of an action that was decided before', async () => {
  const { aws, desk } = world;
  const action = await desk.propose(await aws.launch('m5.xlarge'), 'm5.large', LIFE_MS);
  await desk.decide(action, 'reject');
  expect(await desk.handle(action).result()).toBe('rejected');
  expect(await messages(action)).toEqual([]);
});

it('sends what fell due while no worker was there, once, when one is back', async () => {
  const { aws, desk } = world;
  const action = await desk.propose(await aws.launch('m5.xlarge'), 'm5.large', LIFE_MS);
  await desk.untilPlanned(action);
  await world.stopWorker();
  const { createdAt } = await desk.until(action, 'proposed');
  await poll(
    () => Promise.resolve(Date.now() - Date.parse(createdAt)),
    (age) => age > 4_500,
  );
  expect(await messages(action)).toEqual([]);
  await world.startWorker();
  await desk.untilEvent(action, /^notice proposed: One channel was told/);
  expect((await messages(action)).map(({ event_key }) => event_key)).toEqual([
    `action:${action}:reminder`,
    `action:${action}:escalation`,
  ]);
  await desk.decide(action, 'cancel');
});
