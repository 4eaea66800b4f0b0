import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  CostExplorerClient,
  GetCostAndUsageCommand,
  type GetCostAndUsageCommandInput,
  GetDimensionValuesCommand,
  GetRightsizingRecommendationCommand,
  type ResultByTime,
} from '@aws-sdk/client-cost-explorer';
import {
  DescribeInstancesCommand,
  EC2Client,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CurrentStory } from '../../cli/demo/storySource.ts';
import { startDemoAccount, type DemoAccount } from '../../cli/demo/startDemoAccount.ts';
import { demoCosts } from '../../core/demo/demoCosts.ts';
import { DEMO_INSTANCES } from '../../core/demo/demoInstances.ts';
import { sumDecimals } from '../../core/money/money.ts';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import { ensureMoto } from '../../cli/launch/moto/ensureMoto.ts';
import { requirementsKey } from '../../cli/launch/moto/motoRequirements.ts';
import { motoSpec } from '../../cli/launch/moto/motoSpec.ts';
import { userCacheDir } from '../../cli/launch/userCacheDir.ts';
import { startMoto, type TestMoto } from '../servers/startMoto.ts';
import { startTestProcess } from '../servers/startTestProcess.ts';

const TODAY = '2026-11-23';
const BATCH_WORKER = 'i-58bfb29ba54d212a3';
const PERIOD = { Start: '2026-11-01', End: '2026-11-24' };
const STORY = { anchorDay: TODAY, today: TODAY, changes: [] };
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** An account in a moto of its own whose story the test can change. */
interface Fixture {
  moto: Pick<TestMoto, 'url' | 'stop'>;
  account: DemoAccount;
  ce: CostExplorerClient;
  ec2: (region: string) => EC2Client;
  tell: (story: CurrentStory) => void;
  end: () => Promise<void>;
}

async function startAccount(
  story: CurrentStory['story'] = STORY,
  given?: Pick<TestMoto, 'url' | 'stop'>,
): Promise<Fixture> {
  const moto = given ?? (await startMoto());
  let current: CurrentStory = { story, seededAt: 'once' };
  const ending = new AbortController();
  const account = await startDemoAccount({
    motoUrl: moto.url,
    host: '127.0.0.1',
    port: 0,
    readStory: () => Promise.resolve(current),
    log: pino({ level: 'silent' }),
    signal: ending.signal,
  });
  const client = { endpoint: account.url, credentials };
  return {
    moto,
    account,
    ce: new CostExplorerClient({ ...client, region: 'us-east-1' }),
    ec2: (region) => new EC2Client({ ...client, region }),
    tell: (next) => (current = next),
    end: async () => {
      ending.abort();
      await account.ended;
      await moto.stop();
    },
  };
}

type Seen = [id: string | undefined, instanceType: string | undefined, state: string | undefined];

async function listInstances({ ec2 }: Fixture): Promise<Record<string, Seen>> {
  const found: Record<string, Seen> = {};
  for (const region of ['us-east-1', 'eu-central-1', 'us-west-2']) {
    const { Reservations = [] } = await ec2(region).send(new DescribeInstancesCommand({}));
    for (const instance of Reservations.flatMap(({ Instances = [] }) => Instances)) {
      const name = instance.Tags?.find(({ Key }) => Key === 'Name')?.Value ?? '';
      found[name] = [instance.InstanceId, instance.InstanceType, instance.State?.Name];
    }
  }
  return found;
}

async function ask(
  { ce }: Pick<Fixture, 'ce'>,
  request: Partial<GetCostAndUsageCommandInput> = {},
): Promise<ResultByTime[]> {
  const results: ResultByTime[] = [];
  let NextPageToken: string | undefined;
  do {
    const page = await ce.send(
      new GetCostAndUsageCommand({
        TimePeriod: PERIOD,
        Granularity: 'DAILY',
        Metrics: ['UnblendedCost', 'UsageQuantity'],
        ...request,
        ...(NextPageToken === undefined ? {} : { NextPageToken }),
      }),
    );
    results.push(...(page.ResultsByTime ?? []));
    NextPageToken = page.NextPageToken;
  } while (NextPageToken !== undefined);
  return results;
}

const by = (...keys: string[]) => ({
  GroupBy: keys.map((Key) => ({ Type: 'DIMENSION' as const, Key })),
});

const sum = (results: ResultByTime[]): string =>
  sumDecimals(
    results.flatMap(({ Total, Groups = [] }) =>
      [Total, ...Groups.map((g) => g.Metrics)].map((m) => m?.['UnblendedCost']?.Amount ?? '0'),
    ),
  );

const truth = (period = PERIOD, story = STORY): string =>
  sumDecimals(
    [...demoCosts('aws', { from: period.Start, to: period.End }, story)].map((r) => r.billedCost),
  );

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startAccount();
});
afterAll(() => fixture.end());

test('the account has the demo’s instances under the ids that its costs name', async () => {
  const expected = DEMO_INSTANCES.map((i) => [i.name, [i.id, i.instanceType, 'running']]);
  expect(await listInstances(fixture)).toEqual(Object.fromEntries(expected));
});

test('another account has the same ids, with the types that actions left', async () => {
  const changes = [
    { resourceId: BATCH_WORKER, instanceType: 'm5.2xlarge', at: '2026-11-23T10:00:00Z' },
    { resourceId: BATCH_WORKER, instanceType: 'm5.xlarge', at: '2026-11-23T11:00:00Z' },
  ];
  const other = await startAccount({ ...STORY, changes });
  try {
    expect(await listInstances(other)).toEqual({
      ...(await listInstances(fixture)),
      'batch-worker': [BATCH_WORKER, 'm5.xlarge', 'running'],
    });
  } finally {
    await other.end();
  }
});

test('every grouping gives the generator’s sum to the last digit', async () => {
  const sums = [
    sum(await ask(fixture)),
    sum(await ask(fixture, by('SERVICE'))),
    sum(await ask(fixture, by('SERVICE', 'USAGE_TYPE'))),
    sum(await ask(fixture, { ...by('REGION', 'LINKED_ACCOUNT'), Granularity: 'MONTHLY' })),
  ];
  expect(new Set(sums)).toEqual(new Set([truth()]));
});

test('a filter leaves exactly what it names', async () => {
  const found = await ask(fixture, {
    ...by('USAGE_TYPE'),
    TimePeriod: { Start: '2026-11-20', End: '2026-11-23' },
    Filter: {
      And: [
        { Dimensions: { Key: 'SERVICE', Values: ['Amazon Elastic Compute Cloud - Compute'] } },
        { Not: { Dimensions: { Key: 'REGION', Values: ['us-west-2', 'eu-central-1'] } } },
      ],
    },
  });
  const hours = found.map(
    ({ Groups = [] }) =>
      Groups.find((g) => g.Keys?.[0] === 'BoxUsage:m5.4xlarge')?.Metrics?.['UsageQuantity'],
  );
  expect(hours).toEqual([undefined, { Amount: '17', Unit: 'Hrs' }, { Amount: '24', Unit: 'Hrs' }]);
  expect(found.flatMap(({ Groups = [] }) => Groups.map((g) => g.Keys?.[0])).join()).not.toMatch(
    /EUC1|USW2/,
  );
});

test('many different requests at once each get their own answer', async () => {
  const days = Array.from({ length: 30 }, (_, i) => ({
    Start: `2026-10-${String(i + 1).padStart(2, '0')}`,
    End: `2026-10-${String(i + 2).padStart(2, '0')}`,
  }));
  const answers = await Promise.all(
    [...days, ...days].map((TimePeriod, i) =>
      ask(fixture, { TimePeriod, ...(i % 3 === 0 ? by('SERVICE') : {}) }),
    ),
  );
  expect(answers.map(sum)).toEqual([...days, ...days].map((period) => truth(period)));
  expect(answers.map((a) => a[0]?.TimePeriod)).toEqual([...days, ...days]);
});

test('the same request has a new answer when the story went on', async () => {
  const TimePeriod = { Start: '2026-11-23', End: '2026-11-25' };
  const later = { ...STORY, today: '2026-11-25' };
  const before = sum(await ask(fixture, { TimePeriod }));
  fixture.tell({ story: later, seededAt: 'once' });
  const after = sum(await ask(fixture, { TimePeriod }));
  const again = sum(await ask(fixture, { TimePeriod }));
  fixture.tell({ story: STORY, seededAt: 'once' });
  expect([before, after, again]).toEqual(['0', truth(TimePeriod, later), truth(TimePeriod, later)]);
  expect(sum(await ask(fixture, { TimePeriod }))).toBe('0');
});

test('what the demo cannot compute is refused, not guessed', async () => {
  const filter = { Tags: { Key: 'team', Values: ['web'] } };
  await expect(ask(fixture, { Filter: filter })).rejects.toMatchObject({
    name: 'ValidationException',
    $metadata: { httpStatusCode: 400, attempts: 1 },
  });
  await expect(ask(fixture, { NextPageToken: 'not mine' })).rejects.toMatchObject({
    name: 'RequestChangedException',
  });
});

test('it has no advice on its instances', async () => {
  const advice = await fixture.ce.send(
    new GetRightsizingRecommendationCommand({ Service: 'AmazonEC2' }),
  );
  expect(advice.RightsizingRecommendations).toEqual([]);
});

test('everything else is moto’s own answer', async () => {
  const { account, ec2, moto } = fixture;
  const client = ec2('us-west-1');
  const { Instances = [] } = await client.send(
    new RunInstancesCommand({
      ImageId: 'ami-12c6146b',
      InstanceType: 't3.small',
      MinCount: 1,
      MaxCount: 1,
    }),
  );
  const InstanceIds = Instances.flatMap(({ InstanceId = '' }) => [InstanceId]);
  await client.send(new StopInstancesCommand({ InstanceIds }));
  await client.send(
    new ModifyInstanceAttributeCommand({
      InstanceId: InstanceIds[0],
      InstanceType: { Value: 't3.micro' },
    }),
  );
  await client.send(new StartInstancesCommand({ InstanceIds }));
  const direct = new EC2Client({ endpoint: moto.url, credentials, region: 'us-west-1' });
  const seen = await direct.send(new DescribeInstancesCommand({ InstanceIds }));
  expect(seen.Reservations?.[0]?.Instances?.[0]).toMatchObject({
    InstanceType: 't3.micro',
    State: { Name: 'running' },
  });
  const sts = new STSClient({ endpoint: account.url, credentials, region: 'us-east-1' });
  expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe('123456789012');
  await expect(
    fixture.ce.send(new GetDimensionValuesCommand({ TimePeriod: PERIOD, Dimension: 'SERVICE' })),
  ).rejects.toThrow();
});

test('filling the demo anew gives the instances their first types back', async () => {
  const ec2 = fixture.ec2('us-east-1');
  await ec2.send(
    new ModifyInstanceAttributeCommand({
      InstanceId: BATCH_WORKER,
      InstanceType: { Value: 'm5.large' },
    }),
  );
  await ask(fixture);
  expect((await listInstances(fixture))['batch-worker']).toEqual([
    BATCH_WORKER,
    'm5.large',
    'running',
  ]);
  fixture.tell({ story: STORY, seededAt: 'twice' });
  await ask(fixture);
  expect((await listInstances(fixture))['batch-worker']).toEqual([
    BATCH_WORKER,
    'm5.4xlarge',
    'running',
  ]);
});

test('a restarted moto gets its instances and its answers back', async () => {
  const spec = motoSpec(
    await ensureMoto(join(userCacheDir(), `moto-${requirementsKey()}`)),
    await findFreePort(),
  );
  const url = `http://127.0.0.1:${spec.args[3]}`;
  const first = await startTestProcess(spec);
  const again = await startAccount(STORY, { url, stop: () => first.stop() });
  const health = async () => (await fetch(`${again.account.url}/healthz`)).status;
  const [cost, instances] = [sum(await ask(again)), await listInstances(again)];
  expect(await health()).toBe(200);
  await first.stop();
  while ((await health()) === 200) await wait(20);
  expect(await health()).toBe(503);
  const second = await startTestProcess(spec);
  while ((await health()) !== 200) await wait(20);
  expect(await listInstances(again)).toEqual(instances);
  expect(sum(await ask(again))).toBe(cost);
  await again.end();
  await second.stop();
});
