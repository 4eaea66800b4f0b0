import { DescribeInstancesCommand, type Instance } from '@aws-sdk/client-ec2';
import { halfSize } from '../../core/pricing/halfSize.ts';
import { findAnomaly } from '../../db/queries/anomalies/findAnomaly.ts';
import { findConnection } from '../../db/queries/connections/findConnection.ts';
import type { Ec2 } from '../actions/ec2/createEc2For.ts';
import { fromEc2Error } from '../actions/ec2/fromEc2Error.ts';
import type { RemedyDependencies } from './createRemedyActivities.ts';

/** An instance that drives a finding, and the type that would halve its cost. Ids only: it passes through a workflow. */
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
 * Looks for the instance behind a finding: the running instance of the type whose hours grew most, in the finding's
 * region, the newest where there are several. null when the finding has no such driver, when the account allows no
 * actions, or when half the size does not exist. Reads only, so a second run is safe.
 */
export function createFindResizeCandidate({ db, clientsOf }: RemedyDependencies) {
  return async (input: { anomalyId: string }): Promise<ResizeCandidate | null> => {
    const anomaly = await findAnomaly(db, input.anomalyId);
    if (anomaly?.provider !== 'aws' || anomaly.kind === 'drop' || anomaly.regionId === null)
      return null;
    const connection = await findConnection(db, anomaly.connectionId);
    if (connection?.mode !== 'actions') return null;
    const meter = anomaly.drivers.find(
      (driver) =>
        driver.dimension === 'SkuMeter' && driver.share > 0 && BOX_USAGE.test(driver.value),
    );
    const currentType = meter === undefined ? undefined : BOX_USAGE.exec(meter.value)?.[1];
    const targetType = currentType === undefined ? undefined : halfSize(currentType);
    if (currentType === undefined || targetType === undefined) return null;
    const { ec2For } = await clientsOf(connection.id);
    const instance = await newestRunning(ec2For(anomaly.regionId).read, currentType);
    if (instance?.InstanceId === undefined) return null;
    return {
      connectionId: connection.id,
      region: anomaly.regionId,
      resourceId: instance.InstanceId,
      targetType,
      reason: `${currentType} hours in ${anomaly.regionId} drive the finding since ${anomaly.startedOn}; ${targetType} is half the size`,
    };
  };
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
