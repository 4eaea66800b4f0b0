import {
  AttachVolumeCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  EC2Client,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  type Snapshot,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type Volume,
} from '@aws-sdk/client-ec2';
import { startMoto } from '../servers/startMoto.ts';
import { type FaultProxy, startFaultProxy } from './faultProxy.ts';

/** An AWS account behind a fault proxy, and somebody who can look and reach past both. */
export interface AwsAccount {
  proxy: FaultProxy;
  /** What a worker needs to reach the account, through the proxy. */
  env: Record<string, string>;
  launch: (instanceType?: string) => Promise<string>;
  stop: (instanceId: string) => Promise<void>;
  start: (instanceId: string) => Promise<void>;
  changeType: (instanceId: string, instanceType: string) => Promise<void>;
  tag: (instanceId: string, tags: Record<string, string>) => Promise<void>;
  terminate: (instanceId: string) => Promise<void>;
  /** `m5.large running`. */
  look: (instanceId: string) => Promise<string>;
  /** A gp3 volume of 20 GiB that nothing uses. */
  createVolume: (tags?: Record<string, string>) => Promise<string>;
  attach: (volumeId: string, instanceId: string) => Promise<void>;
  deleteVolume: (volumeId: string) => Promise<void>;
  /** Every volume and snapshot, by its id. */
  listVolumes: () => Promise<Volume[]>;
  listSnapshots: () => Promise<Snapshot[]>;
  close: () => Promise<void>;
}

/** Starts an account of the caller's own. */
export async function openAwsAccount(): Promise<AwsAccount> {
  const moto = await startMoto();
  const proxy = await startFaultProxy(moto.url);
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = moto.env;
  const ec2 = new EC2Client({
    endpoint: moto.url,
    region: moto.env.AWS_REGION,
    credentials: { accessKeyId, secretAccessKey },
  });
  const ids = (instanceId: string) => ({ InstanceIds: [instanceId] });
  return {
    proxy,
    env: { ...moto.env, AWS_ENDPOINT_URL: proxy.url },
    launch: async (instanceType = 'm5.xlarge') => {
      const answer = await ec2.send(
        new RunInstancesCommand({
          ImageId: 'ami-12c6146b',
          InstanceType: instanceType as 'm5.xlarge',
          MinCount: 1,
          MaxCount: 1,
          TagSpecifications: [
            { ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'checkout-api' }] },
          ],
        }),
      );
      return answer.Instances?.[0]?.InstanceId ?? '';
    },
    stop: async (id) => {
      await ec2.send(new StopInstancesCommand(ids(id)));
    },
    start: async (id) => {
      await ec2.send(new StartInstancesCommand(ids(id)));
    },
    changeType: async (id, instanceType) => {
      const change = { InstanceId: id, InstanceType: { Value: instanceType } };
      await ec2.send(new ModifyInstanceAttributeCommand(change));
    },
    tag: async (id, tags) => {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      await ec2.send(new CreateTagsCommand({ Resources: [id], Tags }));
    },
    terminate: async (id) => {
      await ec2.send(new TerminateInstancesCommand(ids(id)));
    },
    look: async (id) => {
      const answer = await ec2.send(new DescribeInstancesCommand(ids(id)));
      const instance = answer.Reservations?.[0]?.Instances?.[0];
      return `${instance?.InstanceType ?? '?'} ${instance?.State?.Name ?? '?'}`;
    },
    createVolume: async (tags = {}) => {
      const answer = await ec2.send(
        new CreateVolumeCommand({
          AvailabilityZone: 'us-east-1a',
          Size: 20,
          VolumeType: 'gp3',
          Iops: 4000,
          TagSpecifications: [
            {
              ResourceType: 'volume',
              Tags: Object.entries({ Name: 'old-data', ...tags }).map(([Key, Value]) => ({
                Key,
                Value,
              })),
            },
          ],
        }),
      );
      return answer.VolumeId ?? '';
    },
    attach: async (VolumeId, InstanceId) => {
      await ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device: '/dev/sdf' }));
    },
    deleteVolume: async (VolumeId) => {
      await ec2.send(new DeleteVolumeCommand({ VolumeId }));
    },
    listVolumes: async () => (await ec2.send(new DescribeVolumesCommand({}))).Volumes ?? [],
    listSnapshots: async () =>
      (await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))).Snapshots ?? [],
    close: async () => {
      ec2.destroy();
      await proxy.close();
      await moto.stop();
    },
  };
}
