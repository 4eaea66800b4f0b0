import {
  ModifyInstanceAttributeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { MachineChange } from '../compute/computeCloud.ts';
import type { Ec2 } from './createEc2For.ts';
import { fromEc2Error } from './fromEc2Error.ts';

/** The three calls that change an instance; with `dryRun` EC2 only says whether they would be allowed. */
export type Ec2Call = 'StopInstances' | 'ModifyInstanceAttribute' | 'StartInstances';

/** What a call is about. */
interface CallTarget {
  instanceId: string;
  /** Needed by `ModifyInstanceAttribute` alone. */
  instanceType?: string;
}

/**
 * Makes one changing call, once. None of the three takes a token: each is repeated only after reading the instance.
 *
 * @throws CostGuardError `permission_missing` naming the IAM action, `capacity_unavailable`, `resource_busy` and others
 */
export async function callEc2(
  { act }: Ec2,
  call: Ec2Call,
  target: CallTarget,
  dryRun = false,
): Promise<void> {
  try {
    await send(act, call, target, dryRun);
  } catch (error) {
    if (dryRun && isAllowed(error)) return;
    throw fromEc2Error(error, call);
  }
}

/** Whether a dry run said that the call would be allowed. */
export function isAllowed(error: unknown): boolean {
  return error instanceof Error && error.name === 'DryRunOperation';
}

/** The calls of a change, in order, as a person sees them before approving. */
export function listCalls(
  instanceId: string,
  change: MachineChange,
  runs: boolean,
): { service: string; operation: Ec2Call; parameters: Record<string, string> }[] {
  const call = (operation: Ec2Call, parameters: Record<string, string>) => ({
    service: 'ec2',
    operation,
    parameters,
  });
  const ids = { 'InstanceIds.1': instanceId };
  const stop = call('StopInstances', ids);
  const start = call('StartInstances', ids);
  if (change.kind === 'stop') return [stop];
  if (change.kind === 'start') return [start];
  const setType = call('ModifyInstanceAttribute', {
    InstanceId: instanceId,
    'InstanceType.Value': change.instanceType,
  });
  return runs ? [stop, setType, start] : [setType];
}

async function send(
  client: Ec2['act'],
  call: Ec2Call,
  { instanceId, instanceType }: CallTarget,
  dryRun: boolean,
): Promise<void> {
  const flag = dryRun ? { DryRun: true } : {};
  const ids = { InstanceIds: [instanceId], ...flag };
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
          InstanceId: instanceId,
          InstanceType: { Value: instanceType },
          ...flag,
        }),
      );
  }
}
