import { addDays, utcDay } from '../../core/time/day.ts';
import { replaceCosts } from '../../db/queries/costs/replaceCosts.ts';
import { charge } from '../api/charge.ts';
import type { ActionDesk } from './actionDesk.ts';

/** The UTC day of the test. */
export const TODAY = utcDay(new Date());

/** Hours of one instance type on some days; `instance` where the provider names it. */
export interface Billed {
  from: string;
  days: number;
  type: string;
  cost: string;
  instance?: string;
}

/** Makes the bill of the desk's connection for these days this one, and nothing else. */
export async function bill(desk: ActionDesk, given: Billed): Promise<void> {
  const { from, days, type, cost, instance } = given;
  const rows = Array.from({ length: days }, (_, i) =>
    charge(addDays(from, i), cost, {
      serviceName: 'Amazon Elastic Compute Cloud - Compute',
      subAccountId: '123456789012',
      regionId: 'us-east-1',
      skuMeter: `BoxUsage:${type}`,
      consumedQuantity: '24',
      consumedUnit: 'Hrs',
      ...(instance !== undefined && { resourceId: instance }),
    }),
  );
  await replace(desk, from, addDays(from, days), rows);
}

/** Empties the bill of the desk's connection. */
export const clearBill = (desk: ActionDesk): Promise<void> =>
  replace(desk, addDays(TODAY, -400), addDays(TODAY, 60), []);

async function replace(
  desk: ActionDesk,
  from: string,
  to: string,
  rows: ReturnType<typeof charge>[],
): Promise<void> {
  const raw = await desk.rawPool();
  const { connectionId } = desk;
  try {
    await replaceCosts(raw.pool, {
      connectionId,
      provider: 'aws',
      from,
      to,
      rows,
      seenAt: new Date(),
    });
  } finally {
    await raw.close();
  }
}
