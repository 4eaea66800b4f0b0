import { DescribeInstancesCommand, type Instance } from '@aws-sdk/client-ec2';
import type { Anomaly } from '../../core/contracts/anomaly.ts';
import { halfMachine } from '../../core/pricing/halfMachine.ts';
import { findAnomaly } from '../../db/queries/anomalies/findAnomaly.ts';
import { findConnection } from '../../db/queries/connections/findConnection.ts';
import type { ProviderClients } from '../actions/adapters.ts';
import { createAzureMachines } from '../actions/azureVm/azureMachines.ts';
import type { Ec2 } from '../actions/ec2/createEc2For.ts';
import { fromEc2Error } from '../actions/ec2/fromEc2Error.ts';
import { createGceMachines } from '../actions/gce/gceMachines.ts';
import type { RemedyDependencies } from './createRemedyActivities.ts';
import { type DrivingMachine, findDrivingMachine } from './findDrivingMachine.ts';

/** A machine that drives a finding, and the type that would halve its cost. Ids only: it passes through a workflow. */
export interface ResizeCandidate {
  connectionId: string;
  region: string;
  resourceId: string;
  targetType: string;
  reason: string;
}

// Cost Explorer's usage type of instance hours, with the region's prefix: `EUC1-BoxUsage:m5.large`.
const BOX_USAGE = /^(?:[A-Z0-9]+-)?BoxUsage:([a-z0-9-]+\.[a-z0-9-]+)$/;

/**
 * Looks for the machine behind a finding. At AWS, whose costs name no resources, the running instance of the type whose
 * hours grew most, in the finding's region, the newest where there are several; elsewhere the machine that the costs name.
 * null when the finding has no such driver, when the account allows no actions, or when half the size does not exist.
 * Reads only, so a second run is safe.
 */
export function createFindResizeCandidate({ db, clientsOf }: RemedyDependencies) {
  return async (input: { anomalyId: string }): Promise<ResizeCandidate | null> => {
    const anomaly = await findAnomaly(db, input.anomalyId);
    if (anomaly === undefined || anomaly.kind === 'drop' || anomaly.regionId === null) return null;
    const { regionId: region, startedOn } = anomaly;
    const connection = await findConnection(db, anomaly.connectionId);
    if (connection?.mode !== 'actions') return null;
    const machine = await findMachine(anomaly, region, () => clientsOf(connection.id));
    if (machine === null) return null;
    const { resourceId, currentType, targetType } = machine;
    const what = anomaly.provider === 'aws' ? `${currentType} hours in ${region}` : resourceId;
    return {
      connectionId: connection.id,
      region,
      resourceId,
      targetType,
      reason: `${what} drive${anomaly.provider === 'aws' ? '' : 's'} the finding since ${startedOn}; ${targetType} is half the size`,
    };
  };
}

async function findMachine(
  anomaly: Anomaly,
  region: string,
  open: () => Promise<ProviderClients>,
): Promise<DrivingMachine | null> {
  switch (anomaly.provider) {
    case 'aws':
      return findEc2(anomaly, region, open);
    case 'gcp':
      return findDrivingMachine(anomaly, createGceMachines((await open()).gce));
    case 'azure':
      return findDrivingMachine(anomaly, createAzureMachines((await open()).azureVm));
    case 'openai':
    case 'anthropic':
      return null;
  }
}

async function findEc2(
  { drivers }: Anomaly,
  region: string,
  open: () => Promise<ProviderClients>,
): Promise<DrivingMachine | null> {
  const meter = drivers.find(
    ({ dimension, share, value }) => dimension === 'SkuMeter' && share > 0 && BOX_USAGE.test(value),
  );
  const currentType = meter === undefined ? undefined : BOX_USAGE.exec(meter.value)?.[1];
  const targetType = currentType === undefined ? undefined : halfMachine('aws', currentType);
  if (currentType === undefined || targetType === undefined) return null;
  const { ec2For } = await open();
  const instance = await newestRunning(ec2For(region).read, currentType);
  if (instance?.InstanceId === undefined) return null;
  return { resourceId: instance.InstanceId, currentType, targetType };
}

async function newestRunning(
  client: Ec2['read'],
  instanceType: string,
): Promise<Instance | undefined> {
  const answer = await client
    .send(
      new DescribeInstancesCommand({
        Filters: [
          { Name: 'instance-type', Values: [instanceType] },
          { Name: 'instance-state-name', Values: ['running'] },
        ],
        MaxResults: 1000,
      }),
    )
    .catch((error: unknown) => {
      throw fromEc2Error(error, 'DescribeInstances');
    });
  const launchedAt = (instance: Instance) => instance.LaunchTime?.getTime() ?? 0;
  return (answer.Reservations ?? [])
    .flatMap((reservation) => reservation.Instances ?? [])
    .sort((a, b) => launchedAt(b) - launchedAt(a))[0];
}
