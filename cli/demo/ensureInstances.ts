import {
  DescribeInstancesCommand,
  EC2Client,
  type Instance,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  type _InstanceType,
} from '@aws-sdk/client-ec2';
import type { Logger } from 'pino';
import {
  DEMO_INSTANCES,
  instanceTags,
  type DemoInstance,
  type InstanceChange,
} from '../../core/demo/demoInstances.ts';

/** Where the account's instances are made, and what actions have done to them before. */
export interface InstancesInput {
  motoUrl: string;
  changes: readonly InstanceChange[];
  log: Logger;
  /** Gives instances that are there the type they should have; else they are left as they are. Default false. */
  correctTypes?: boolean;
}

/** An x86 image with an EBS root that moto knows in every region. */
const IMAGE_ID = 'ami-12c6146b';

/**
 * Makes what is missing of the demo's instances, with the type that the last action left them. Their ids are always the
 * same: moto draws ids from one random source, which is seeded right before each is made.
 */
export async function ensureInstances({
  motoUrl,
  changes,
  log,
  correctTypes = false,
}: InstancesInput): Promise<void> {
  let made = 0;
  for (const region of new Set(DEMO_INSTANCES.map((instance) => instance.region))) {
    const client = createClient(motoUrl, region);
    try {
      const present = await listByName(client);
      for (const wanted of DEMO_INSTANCES.filter((instance) => instance.region === region)) {
        const instanceType = typeOf(wanted, changes);
        const found = present.get(wanted.name);
        if (found === undefined) {
          await make(client, motoUrl, wanted, instanceType, log);
          made += 1;
        } else if (correctTypes && found.InstanceType !== instanceType) {
          await resize(client, found.InstanceId ?? wanted.id, instanceType);
        }
      }
    } finally {
      client.destroy();
    }
  }
  log.info({ made, instances: DEMO_INSTANCES.length }, 'The demo account has its instances');
}

function createClient(endpoint: string, region: string): EC2Client {
  return new EC2Client({
    endpoint,
    region,
    credentials: { accessKeyId: 'demo', secretAccessKey: 'demo' },
  });
}

async function listByName(client: EC2Client): Promise<Map<string, Instance>> {
  const answer = await client.send(
    new DescribeInstancesCommand({
      Filters: [
        { Name: 'tag:costguard:demo', Values: ['true'] },
        { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
      ],
    }),
  );
  const instances = (answer.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
  return new Map(
    instances.map((instance) => [
      instance.Tags?.find(({ Key }) => Key === 'Name')?.Value ?? '',
      instance,
    ]),
  );
}

function typeOf(instance: DemoInstance, changes: readonly InstanceChange[]): string {
  const own = changes.filter(({ resourceId }) => resourceId === instance.id);
  return own.at(-1)?.instanceType ?? instance.instanceType;
}

async function make(
  client: EC2Client,
  motoUrl: string,
  instance: DemoInstance,
  instanceType: string,
  log: Logger,
): Promise<void> {
  await fetch(`${motoUrl}/moto-api/seed?a=${instance.seed}`, { method: 'POST' });
  const tags = Object.entries(instanceTags(instance)).map(([Key, Value]) => ({ Key, Value }));
  const answer = await client.send(
    new RunInstancesCommand({
      ImageId: IMAGE_ID,
      InstanceType: instanceType as _InstanceType,
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: [{ ResourceType: 'instance', Tags: tags }],
    }),
  );
  const id = answer.Instances?.[0]?.InstanceId;
  if (id !== instance.id) {
    log.warn(
      { name: instance.name, id, expected: instance.id },
      'moto gave another id than the demo’s costs name; use moto 5.2.5',
    );
  }
}

async function resize(client: EC2Client, id: string, instanceType: string): Promise<void> {
  const one = { InstanceIds: [id] };
  await client.send(new StopInstancesCommand(one));
  await client.send(
    new ModifyInstanceAttributeCommand({ InstanceId: id, InstanceType: { Value: instanceType } }),
  );
  await client.send(new StartInstancesCommand(one));
}
