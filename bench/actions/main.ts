import {
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  EC2Client,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { Connection } from '@temporalio/client';
import { parseEnv } from '../../core/config/env.ts';
import { dataConverterOf } from '../../workers/dataConverterOf.ts';
import { ACTIONS_TASK_QUEUE } from '../../workflows/messages.ts';
import { openDesk, poll } from '../../tests/actions/actionDesk.ts';
import { startParts } from '../pollMany/startParts.ts';

// What the platform adds to the provider's own calls: many approvals wait on one action worker, and some are decided at
// once. Everything is real: Temporal, Postgres, the API and the action worker as processes of their own; the account is
// moto's. Beside it the same calls to the same account, made bare by as many callers at once.
const WAITING = Number(process.argv[2] ?? 500);
const DECIDED = Number(process.argv[3] ?? 50);
const EVENTS_MAX = 100;
const [FROM, TO] = ['m5.xlarge', 'm5.large'] as const;

const line = (text: string) => process.stdout.write(`${text}\n`);
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

const parts = await startParts();
try {
  const motoUrl = await parts.startMoto();
  const keys = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const ec2 = new EC2Client({ endpoint: motoUrl, region: 'us-east-1', credentials: keys });
  const settings = {
    AWS_ENDPOINT_URL: motoUrl,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    ROLLBACK_WINDOW_HOURS: '0',
  };
  const env = await parts.startProduct(['api', 'action'], settings);
  const temporal = await Connection.connect({ address: parts.temporalAddress });
  const desk = await openDesk({
    databaseUrl: parts.databaseUrl,
    temporal,
    namespace: 'costguard',
    taskQueue: ACTIONS_TASK_QUEUE,
    dataConverter: dataConverterOf(parseEnv(env)),
  });
  try {
    const instances = await launch(ec2, WAITING + DECIDED);
    const bare = await timeBare(ec2, instances.splice(0, DECIDED));
    const proposedAt = Date.now();
    const actions: string[] = [];
    for (const instance of instances) actions.push(await desk.propose(instance, TO, 3_600_000));
    for (const id of actions) await desk.untilPlanned(id);
    line(
      `${WAITING} proposals planned and waiting after ${seconds(Date.now() - proposedAt)}, proposed one after the other`,
    );
    const decidedAt = Date.now();
    const took = await Promise.all(
      actions.slice(0, DECIDED).map(async (id) => {
        await desk.send(id, 'approve');
        await patiently(() => desk.until(id, 'succeeded'));
        return Date.now() - decidedAt;
      }),
    );
    took.sort((a, b) => a - b);
    const [median = 0, last = 0] = [took[Math.floor(took.length / 2)], took.at(-1)];
    line(
      `${DECIDED} decided at once: the last succeeded after ${seconds(last)}, the median after ${seconds(median)}; the same calls, bare, ${DECIDED} at once: ${seconds(bare)}`,
    );
    line(
      `the platform adds ${seconds(last - bare)} in all, ${seconds((last - bare) / DECIDED)} an action (ratio to the bare calls ${(last / bare).toFixed(1)})`,
    );
    const { events = [] } = await desk.handle(actions[0] ?? '').fetchHistory();
    const count = events?.length ?? 0;
    line(
      `history of one action: ${count} events (ratio to ${EVENTS_MAX}: ${(count / EVENTS_MAX).toFixed(2)})`,
    );
  } finally {
    await desk.close();
    await temporal.close();
    ec2.destroy();
  }
} finally {
  await parts.stop();
}

async function launch(ec2: EC2Client, count: number): Promise<string[]> {
  const one = { ImageId: 'ami-12c6146b', InstanceType: FROM, MinCount: 1, MaxCount: 1 } as const;
  const ids: string[] = [];
  while (ids.length < count) {
    const { Instances = [] } = await ec2.send(new RunInstancesCommand(one));
    ids.push(...Instances.flatMap(({ InstanceId }) => InstanceId ?? []));
  }
  return ids;
}

/** The calls of a resize as the worker makes them, without what they are wrapped in. */
async function timeBare(ec2: EC2Client, instances: readonly string[]): Promise<number> {
  const begun = Date.now();
  await Promise.all(
    instances.map(async (id) => {
      const ids = { InstanceIds: [id] };
      const type = { InstanceId: id, InstanceType: { Value: TO } };
      const look = () => ec2.send(new DescribeInstancesCommand(ids));
      // A dry run that would be allowed is an error.
      const dry = (call: Promise<unknown>) => call.catch(() => undefined);
      await look();
      await ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: [FROM, TO] }));
      await ec2.send(
        new DescribeInstanceTypeOfferingsCommand({
          LocationType: 'availability-zone',
          Filters: [{ Name: 'instance-type', Values: [TO] }],
        }),
      );
      await dry(ec2.send(new StopInstancesCommand({ ...ids, DryRun: true })));
      await dry(ec2.send(new ModifyInstanceAttributeCommand({ ...type, DryRun: true })));
      await dry(ec2.send(new StartInstancesCommand({ ...ids, DryRun: true })));
      await look();
      await ec2.send(new StopInstancesCommand(ids));
      await look();
      await ec2.send(new ModifyInstanceAttributeCommand(type));
      await look();
      await ec2.send(new StartInstancesCommand(ids));
      await look();
      await ec2.send(new DescribeInstanceStatusCommand(ids));
    }),
  );
  return Date.now() - begun;
}

/** A wait of the tests gives up after a minute. */
function patiently<T>(wait: () => Promise<T>): Promise<T> {
  return poll(
    () => wait().catch(() => undefined),
    (answer) => answer !== undefined,
  ) as Promise<T>;
}
