import {
  ModifyInstanceAttributeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { ActionPlan } from '../../../core/contracts/action.ts';
import type { Ec2 } from './createEc2For.ts';
import { fromEc2Error } from './fromEc2Error.ts';

/** The three calls that change an instance; with `dryRun` EC2 only says whether they would be allowed. */
export type Ec2Call = 'StopInstances' | 'ModifyInstanceAttribute' | 'StartInstances';

/**
 * Makes one changing call, once. None of the three takes a token: each is repeated only after reading the instance.
 *
 * @throws CostGuardError `permission_missing` naming the IAM action, `capacity_unavailable`, `resource_busy` and others
 */
export async function callEc2(
  { act }: Ec2,
  call: Ec2Call,
  target: { instanceId: string; instanceType: string },
  dryRun = false,
): Promise<void> {
  try {
    await send(act, call, target, dryRun);
  } catch (error) {
    if (dryRun && error instanceof Error && error.name === 'DryRunOperation') return;
    throw fromEc2Error(error, call);
  }
}

/** The calls of a plan as a person sees them before approving. */
export function listCalls(
  instanceId: string,
  instanceType: string,
  runs: boolean,
): ActionPlan['calls'] {
  const call = (operation: Ec2Call, parameters: Record<string, string>) => ({
    service: 'ec2',
    operation,
    parameters,
  });
  const change = call('ModifyInstanceAttribute', {
    InstanceId: instanceId,
    'InstanceType.Value': instanceType,
  });
  if (!runs) return [change];
  const ids = { 'InstanceIds.1': instanceId };
  return [call('StopInstances', ids), change, call('StartInstances', ids)];
}

async function send(
  client: Ec2['act'],
  call: Ec2Call,
  target: { instanceId: string; instanceType: string },
  dryRun: boolean,
): Promise<void> {
  const flag = dryRun ? { DryRun: true } : {};
  const ids = { InstanceIds: [target.instanceId], ...flag };
  switch (call) {
    case 'StopInstances':
      await client.send(new StopInstancesCommand(ids));
      return;
    case 'StartInstances':
      await client.send(new StartInstancesCommand(ids));
      return;
    case 'ModifyInstanceAttribute':
      await client.send(
        new ModifyInstanceAttributeCommand({
          InstanceId: target.instanceId,
          InstanceType: { Value: target.instanceType },
          ...flag,
        }),
      );
  }
}
