import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { addDays } from '../../core/time/day.ts';
import { type ActionWorld, openActionWorld } from './actionWorld.ts';
import { bill, clearBill, TODAY } from './bill.ts';

let world: ActionWorld;
beforeAll(async () => {
  world = await openActionWorld();
});
afterEach(() => clearBill(world.desk));
afterAll(() => world.close());

/** What a day of m5.xlarge costs, for ten days up to today; m5.large costs half of what it did at first. */
const billed = async (cost: string) => {
  await clearBill(world.desk);
  await bill(world.desk, { from: addDays(TODAY, -10), days: 10, type: 'm5.xlarge', cost });
};

async function approveAt(price: string) {
  const { aws, desk } = world;
  await billed('4.608');
  const instance = await aws.launch('m5.xlarge');
  const action = await desk.propose(instance, 'm5.large');
  const { expectedMonthlySaving } = await desk.untilPlanned(action);
  expect(expectedMonthlySaving).toEqual({ amount: '70.08', currency: 'USD' });
  await billed(price);
  await desk.decide(action, 'approve');
  return { action, instance };
}

it('does not carry out what would save clearly less than was approved, and says both amounts', async () => {
  const { aws, desk } = world;
  const { action, instance } = await approveAt('3.000');
  const { failure } = await desk.until(action, 'failed');
  expect(failure).toMatchObject({
    code: 'action_plan_changed',
    detail: expect.stringMatching(
      /70\.08 USD a month; by what is billed now it would be 45\.6\d USD/,
    ) as unknown,
  });
  expect(await aws.look(instance)).toBe('m5.xlarge running');
  expect(aws.proxy.mutations(instance)).toEqual([]);
});

it('carries out what costs a little less than it did', async () => {
  const { aws, desk } = world;
  const { action, instance } = await approveAt('4.000');
  await desk.until(action, 'succeeded');
  expect(await aws.look(instance)).toBe('m5.large running');
});
