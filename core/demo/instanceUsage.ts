import { toDecimalString } from '../money/money.ts';
import { daysBetween } from '../time/day.ts';
import {
  DEMO_INSTANCES,
  instanceTags,
  type DemoInstance,
  type InstanceChange,
} from './demoInstances.ts';
import { findEc2HourlyPrice } from './ec2Price.ts';
import type { Meter, Usage } from './meter.ts';

const DAY_MINUTES = 24 * 60;
const PREFIX: Readonly<Record<string, string>> = {
  'us-east-1': '',
  'eu-central-1': 'EUC1-',
  'us-west-2': 'USW2-',
};

/** What the meters of the demo's instances have in common with those of the account. */
export type AccountPart = Pick<Meter, 'subAccountId' | 'subAccountName'>;

/**
 * The instance hours of a day, one usage for each instance and type: an instance whose type was changed that day has
 * two. A type that the demo has no price of goes on at the price before. Stops are not metered; a resize takes minutes.
 */
export function instanceUsage(
  account: AccountPart,
  day: string,
  anchorDay: string,
  changes: readonly InstanceChange[],
): Usage[] {
  return DEMO_INSTANCES.flatMap((instance) => {
    const launched = launchedMinute(instance, day, anchorDay);
    return spans(instance, day, launched, changes).map(({ instanceType, minutes }) =>
      toUsage(account, instance, instanceType, minutes),
    );
  });
}

interface Span {
  instanceType: string;
  minutes: number;
}

function launchedMinute(instance: DemoInstance, day: string, anchorDay: string): number {
  if (instance.launchedMinute === undefined) return 0;
  const minute = instance.launchedMinute - daysBetween(anchorDay, day) * DAY_MINUTES;
  return Math.min(DAY_MINUTES, Math.max(0, minute));
}

function spans(
  instance: DemoInstance,
  day: string,
  launched: number,
  changes: readonly InstanceChange[],
): Span[] {
  const found: Span[] = [];
  let instanceType = instance.instanceType;
  let minute = launched;
  for (const change of changesOf(instance, changes)) {
    if (findEc2HourlyPrice(instance.region, change.instanceType) === undefined) continue;
    const changed = Math.floor((Date.parse(change.at) - Date.parse(day)) / 60_000);
    const until = Math.min(DAY_MINUTES, Math.max(minute, changed));
    found.push({ instanceType, minutes: until - minute });
    instanceType = change.instanceType;
    minute = until;
  }
  found.push({ instanceType, minutes: DAY_MINUTES - minute });
  return found.filter((span) => span.minutes > 0);
}

function changesOf(instance: DemoInstance, changes: readonly InstanceChange[]): InstanceChange[] {
  return changes
    .filter((change) => change.resourceId === instance.id)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function toUsage(
  account: AccountPart,
  instance: DemoInstance,
  instanceType: string,
  minutes: number,
): Usage {
  const price = findEc2HourlyPrice(instance.region, instanceType);
  if (price === undefined) throw new TypeError(`No demo price for ${instanceType}.`);
  return {
    quantity: toDecimalString((minutes / 60).toFixed(6)),
    meter: {
      ...account,
      serviceName: 'Amazon Elastic Compute Cloud - Compute',
      serviceCategory: 'Compute',
      regionId: instance.region,
      skuId: null,
      skuMeter: `${PREFIX[instance.region] ?? ''}BoxUsage:${instanceType}`,
      unit: 'Hrs',
      price,
      perDay: 24,
    },
    resource: {
      id: instance.id,
      name: instance.name,
      type: 'Instance',
      tags: instanceTags(instance),
    },
  };
}
