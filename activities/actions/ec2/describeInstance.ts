import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  type Instance,
  type Reservation,
} from '@aws-sdk/client-ec2';
import type { InstanceFacts } from '../../../core/actions/checkResize.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { Machine } from '../compute/computeCloud.ts';
import type { Ec2 } from './createEc2For.ts';
import { fromEc2Error } from './fromEc2Error.ts';
import { tagsOf } from './volumes.ts';

/** An instance as EC2 describes it, with its account and name. */
export type DescribedInstance = InstanceFacts & Machine;

/** Reads one instance. @throws CostGuardError `resource_not_found` when there is none or it is terminated */
export async function describeInstance(
  { read }: Ec2,
  instanceId: string,
): Promise<DescribedInstance> {
  const answer = await read
    .send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }))
    .catch((error: unknown) => {
      throw fromEc2Error(error, 'DescribeInstances');
    });
  const reservation = answer.Reservations?.[0];
  const instance = reservation?.Instances?.[0];
  const state = instance?.State?.Name;
  if (instance === undefined || state === 'terminated' || state === 'shutting-down') {
    throw new CostGuardError(
      'resource_not_found',
      `The instance ${instanceId} does not exist in this region, or is terminated.`,
    );
  }
  return fromInstance(instance, reservation ?? {});
}

/**
 * Whether the instance is protected against being stopped; undefined where the credentials may not ask: then a stop is
 * refused by EC2 itself, before anything has changed.
 */
export async function isStopProtected(
  { read }: Ec2,
  instanceId: string,
): Promise<boolean | undefined> {
  const command = new DescribeInstanceAttributeCommand({
    InstanceId: instanceId,
    Attribute: 'disableApiStop',
  });
  try {
    return (await read.send(command)).DisableApiStop?.Value;
  } catch (error) {
    const known = fromEc2Error(error, 'DescribeInstanceAttribute');
    if (known.code === 'permission_missing' || known.code === 'provider_refused') return undefined;
    throw known;
  }
}

function fromInstance(instance: Instance, reservation: Reservation): DescribedInstance {
  const tags = tagsOf(instance.Tags);
  const instanceType = instance.InstanceType;
  const state = instance.State?.Name;
  if (instanceType === undefined || state === undefined) {
    throw new CostGuardError(
      'provider_answer_invalid',
      'AWS described the instance without its type or state.',
    );
  }
  return {
    accountId: reservation.OwnerId ?? '',
    name: tags['Name'] ?? null,
    tags,
    instanceType,
    state,
    architecture: instance.Architecture,
    rootDeviceType: instance.RootDeviceType,
    virtualizationType: instance.VirtualizationType,
    enaSupport: instance.EnaSupport,
    isSpot:
      instance.InstanceLifecycle === 'spot' || tags['aws:ec2spot:fleet-request-id'] !== undefined,
    autoScalingGroup: tags['aws:autoscaling:groupName'],
    isDedicatedHost: instance.Placement?.Tenancy === 'host',
    isHibernationOn: instance.HibernationOptions?.Configured === true,
    isStopProtected: undefined,
    hasPassingPublicIp: hasPassingPublicIp(instance),
    networkInterfaces: instance.NetworkInterfaces?.length ?? 0,
    volumes: instance.BlockDeviceMappings?.length ?? 0,
    zone: instance.Placement?.AvailabilityZone ?? '',
  };
}

// An address of Amazon's own pool goes back on stop; an Elastic IP carries the account as its owner.
function hasPassingPublicIp(instance: Instance): boolean {
  if (instance.PublicIpAddress === undefined) return false;
  const owners = instance.NetworkInterfaces?.map((nic) => nic.Association?.IpOwnerId) ?? [];
  return !owners.some((owner) => owner !== undefined && owner !== 'amazon');
}
