/** An EC2 instance of the demo AWS account. */
export interface DemoInstance {
  name: string;
  region: string;
  instanceType: string;
  /** Its id in the account, which moto derives from `seed`; checked when the account is made. */
  id: string;
  seed: number;
  /** Launched at this minute, counted from the start of the anchor day; default: before all history. */
  launchedMinute?: number;
  team: string;
  env: string;
  app: string;
}

/** An instance's type from an instant on, as a succeeded action left it. */
export interface InstanceChange {
  resourceId: string;
  instanceType: string;
  /** ISO 8601 in UTC. */
  at: string;
}

/** The account id that moto gives to callers without an account of their own. */
export const DEMO_AWS_ACCOUNT_ID = '123456789012';

/** A day and 17 hours before the anchor day: "the day before yesterday at seven in the morning". */
const BATCH_WORKER_LAUNCH = -(24 + 17) * 60;

/** The instances, `batch-worker` being the one that somebody started and forgot. */
export const DEMO_INSTANCES: readonly DemoInstance[] = [
  {
    name: 'web-1',
    region: 'us-east-1',
    instanceType: 'm5.large',
    id: 'i-b6fa7cd62de963a8c',
    seed: 101,
    team: 'web',
    env: 'prod',
    app: 'portal',
  },
  {
    name: 'web-2',
    region: 'us-east-1',
    instanceType: 'm5.large',
    id: 'i-74fdf272ac6ddc45b',
    seed: 102,
    team: 'web',
    env: 'prod',
    app: 'portal',
  },
  {
    name: 'api-1',
    region: 'us-east-1',
    instanceType: 'm5.xlarge',
    id: 'i-95dd772b66f896e69',
    seed: 103,
    team: 'platform',
    env: 'prod',
    app: 'fleet-api',
  },
  {
    name: 'fleet-db-replica',
    region: 'us-east-1',
    instanceType: 'r5.xlarge',
    id: 'i-8ca59d1ee78513135',
    seed: 104,
    team: 'platform',
    env: 'prod',
    app: 'fleet-db',
  },
  {
    name: 'bastion',
    region: 'us-east-1',
    instanceType: 't3.medium',
    id: 'i-f75981a3b5cfc93db',
    seed: 105,
    team: 'platform',
    env: 'shared',
    app: 'access',
  },
  {
    name: 'batch-worker',
    region: 'us-east-1',
    instanceType: 'm5.4xlarge',
    id: 'i-58bfb29ba54d212a3',
    seed: 106,
    launchedMinute: BATCH_WORKER_LAUNCH,
    team: 'data',
    env: 'dev',
    app: 'route-planning',
  },
  {
    name: 'telemetry-ingest',
    region: 'eu-central-1',
    instanceType: 'c5.2xlarge',
    id: 'i-7b3252f64e8278dd7',
    seed: 107,
    team: 'telemetry',
    env: 'prod',
    app: 'ingest',
  },
  {
    name: 'web-eu-1',
    region: 'eu-central-1',
    instanceType: 'm5.xlarge',
    id: 'i-3ac61e1ba76f602f3',
    seed: 108,
    team: 'web',
    env: 'prod',
    app: 'portal',
  },
  {
    name: 'simulation-runner',
    region: 'us-west-2',
    instanceType: 'c5.2xlarge',
    id: 'i-250a645ce4db4510c',
    seed: 109,
    team: 'robotics',
    env: 'staging',
    app: 'simulation',
  },
];

/** The tags that an instance carries in the account and in seeded costs. */
export function instanceTags(instance: DemoInstance): Record<string, string> {
  return {
    Name: instance.name,
    team: instance.team,
    env: instance.env,
    app: instance.app,
    'costguard:demo': 'true',
  };
}
