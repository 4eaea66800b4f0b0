import { canonicalResourceId } from '../../core/actions/fitProvider.ts';
import type { Anomaly } from '../../core/contracts/anomaly.ts';
import { MachineId } from '../../core/contracts/machine.ts';
import { CostGuardError } from '../../core/errors.ts';
import { halfMachine } from '../../core/pricing/halfMachine.ts';
import type { MachineCloud } from '../actions/compute/computeCloud.ts';

/** A machine that drives a finding, with its type and half of it. */
export interface DrivingMachine {
  resourceId: string;
  currentType: string;
  targetType: string;
}

/**
 * The running machine that a finding of a provider whose costs name resources is driven by most, where half its size can
 * be told; null where no driver is a machine, or it is gone or stopped.
 *
 * @throws CostGuardError as `MachineCloud.describe`, but for a machine that is gone
 */
export async function findDrivingMachine(
  { provider, drivers, regionId }: Pick<Anomaly, 'provider' | 'drivers' | 'regionId'>,
  machines: MachineCloud,
): Promise<DrivingMachine | null> {
  const named = drivers
    .filter(({ dimension, share }) => dimension === 'ResourceId' && share > 0)
    .sort((a, b) => b.share - a.share)
    // Google's costs name a resource by its address.
    .map(({ value }) => value.replace(/^\/\/compute\.googleapis\.com\//, ''))
    .filter((value) => MachineId.safeParse(value).success);
  for (const value of named) {
    const resourceId = canonicalResourceId(value);
    const machine = await machines.describe({ resourceId, region: regionId ?? '' }).catch(ifGone);
    if (machine?.state !== 'running') continue;
    const targetType = halfMachine(provider, machine.instanceType);
    if (targetType !== undefined)
      return { resourceId, currentType: machine.instanceType, targetType };
  }
  return null;
}

function ifGone(error: unknown): undefined {
  if (error instanceof CostGuardError && error.code === 'resource_not_found') return undefined;
  throw error;
}
