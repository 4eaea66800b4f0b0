import { DescribeInstanceStatusCommand } from '@aws-sdk/client-ec2';
import { checkPower, checkResize } from '../../../core/actions/checkResize.ts';
import type {
  Findings,
  MachineChange,
  MachineCloud,
  ResourceRef,
} from '../compute/computeCloud.ts';
import { callEc2, listCalls } from './calls.ts';
import type { Ec2, Ec2For } from './createEc2For.ts';
import { type DescribedInstance, describeInstance, isStopProtected } from './describeInstance.ts';
import { describeTypes, isOfferedInZone } from './describeTypes.ts';
import { fromEc2Error } from './fromEc2Error.ts';

/** EC2 instances. None of their calls takes a key: each does no harm when the instance is there already. */
export function createEc2Machines(ec2For: Ec2For): MachineCloud<DescribedInstance> {
  const at = ({ region }: ResourceRef) => ec2For(region);
  return {
    describe: (ref) => describeInstance(at(ref), ref.resourceId),
    check: (ref, instance, change) => check(at(ref), ref.resourceId, instance, change),
    listCalls: ({ resourceId }, { state }, change) =>
      listCalls(resourceId, change, state === 'running'),
    tryCalls: async (ref, { state, instanceType }, change) => {
      const target = change.kind === 'resize' ? change.instanceType : instanceType;
      for (const { operation } of listCalls(ref.resourceId, change, state === 'running')) {
        await callEc2(
          at(ref),
          operation,
          { instanceId: ref.resourceId, instanceType: target },
          true,
        );
      }
    },
    stop: (ref) => callEc2(at(ref), 'StopInstances', { instanceId: ref.resourceId }),
    start: (ref) => callEc2(at(ref), 'StartInstances', { instanceId: ref.resourceId }),
    setType: (ref, instanceType) =>
      callEc2(at(ref), 'ModifyInstanceAttribute', { instanceId: ref.resourceId, instanceType }),
    checkHealth: (ref) => checkStatus(at(ref), ref.resourceId),
  };
}

async function check(
  ec2: Ec2,
  instanceId: string,
  instance: DescribedInstance,
  change: MachineChange,
): Promise<Findings> {
  if (change.kind === 'start') return checkPower(instance, 'start');
  const facts = { ...instance, isStopProtected: await isStopProtected(ec2, instanceId) };
  if (change.kind === 'stop') return checkPower(facts, 'stop');
  const types = await describeTypes(ec2, instance.instanceType, change.instanceType);
  const offered = await isOfferedInZone(ec2, change.instanceType, instance.zone);
  return checkResize(facts, types.from, types.to, offered);
}

async function checkStatus(
  { read }: Ec2,
  instanceId: string,
): Promise<'healthy' | 'pending' | 'impaired'> {
  const answer = await read
    .send(new DescribeInstanceStatusCommand({ InstanceIds: [instanceId] }))
    .catch((error: unknown) => {
      throw fromEc2Error(error, 'DescribeInstanceStatus');
    });
  const [status] = answer.InstanceStatuses ?? [];
  // An endpoint that has no status checks names none; type and state were compared before.
  const checks = [status?.InstanceStatus?.Status, status?.SystemStatus?.Status].filter(
    (word) => word !== undefined,
  );
  if (checks.includes('impaired')) return 'impaired';
  return checks.every((word) => word === 'ok' || word === 'not-applicable') ? 'healthy' : 'pending';
}
