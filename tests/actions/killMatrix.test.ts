import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionDesk } from './actionDesk.ts';
import { type AwsAccount, openAwsAccount } from './awsAccount.ts';
import { type AzureAccount, openAzureAccount } from './azureAccount.ts';
import { CLOUD_KINDS, cloudTable } from './clouds/cloudTable.ts';
import { type GceAccount, openGceAccount } from './gceAccount.ts';
import { type KillableWorker, openKillableWorker } from './killableWorker.ts';

let aws: AwsAccount;
let gce: GceAccount;
let azure: AzureAccount;
let worker: KillableWorker;
let desk: ActionDesk;

beforeAll(async () => {
  [aws, gce, azure] = [await openAwsAccount(), await openGceAccount(), await openAzureAccount()];
  const env = { ...aws.env, ...gce.env, ...azure.env, ROLLBACK_WINDOW_HOURS: '0' };
  worker = await openKillableWorker(env);
  ({ desk } = worker);
});
afterAll(async () => {
  await worker.close();
  await aws.close();
  await gce.close();
  await azure.close();
});

const CLOUDS = cloudTable({ aws: () => aws, gce: () => gce, azure: () => azure });

describe('the kill matrix', () => {
  it.each(CLOUDS)(
    'at $provider, killed before and after each call that changes something, ends with nothing half changed',
    async (cloud) => {
      await worker.start();
      const points = CLOUD_KINDS.flatMap((kind) =>
        cloud.calls[kind].flatMap((call) =>
          (['before', 'after'] as const).map((when) => ({ kind, call, when })),
        ),
      );
      const connectionId = await desk.addConnection(cloud.provider);
      const actions = await Promise.all(
        points.map(async (point) => {
          const resourceId = await cloud.make(point.kind);
          const id = await desk.proposeAny(cloud.create(point.kind, connectionId, resourceId));
          await desk.untilPlanned(id);
          return { point, resourceId, id };
        }),
      );
      await Promise.all(
        actions.map(async ({ point, resourceId, id }) => {
          const caught = cloud.hold(point.call, point.when, resourceId);
          await desk.send(id, 'approve');
          await caught;
        }),
      );
      await worker.killAndRestart();
      let harmed = 0;
      const rows: string[] = [];
      for (const { point, resourceId, id } of actions) {
        await desk.until(id, 'succeeded');
        const seen = await cloud.look(point.kind, resourceId);
        const effects = cloud.mutations(resourceId, true);
        if (seen !== cloud.after[point.kind]) harmed += 1;
        const where = `${point.kind}, ${point.when} ${point.call}`;
        rows.push(`${where.padEnd(58)} ${seen}; took effect: ${effects.join(', ')}`);
        expect(effects, where).toEqual(cloud.calls[point.kind]);
      }
      console.log(`${cloud.provider}: one SIGKILL, ${points.length} actions\n${rows.join('\n')}`);
      expect(harmed).toBe(0);
      await worker.process().stop();
    },
  );
});
