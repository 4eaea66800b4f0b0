import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ActionWorld, openActionWorld } from './actionWorld.ts';

let world: ActionWorld;
beforeAll(async () => {
  world = await openActionWorld();
});
afterAll(() => world.close());
beforeEach(() => world.aws.proxy.clear());

function propose(resourceId: string): Promise<string> {
  const { connectionId, proposeAny } = world.desk;
  return proposeAny({ kind: 'delete_volume', connectionId, resourceId, region: 'us-east-1' });
}

const snapshotsOf = async (volumeId: string) =>
  (await world.aws.listSnapshots()).filter(({ VolumeId }) => VolumeId === volumeId);
const isThere = async (volumeId: string) =>
  (await world.aws.listVolumes()).some(({ VolumeId }) => VolumeId === volumeId);

describe('an approved deletion of a volume', () => {
  it('makes a snapshot, waits until it is complete, and only then deletes', async () => {
    const { aws, desk } = world;
    const volume = await aws.createVolume();
    const action = await propose(volume);
    const { plan } = await desk.untilPlanned(action);
    expect(plan).toMatchObject({
      kind: 'delete_volume',
      resource: { accountId: '123456789012', resourceName: 'old-data' },
      before: { state: 'available', sizeGib: 20, volumeType: 'gp3', snapshotName: null },
      after: { state: 'deleted', snapshotName: `costguard-${action}` },
    });
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(await isThere(volume)).toBe(false);
    const [snapshot, ...others] = await snapshotsOf(volume);
    expect(others).toEqual([]);
    expect(snapshot).toMatchObject({ State: 'completed' });
    expect(aws.proxy.mutations(volume)).toEqual(['CreateSnapshot', 'DeleteVolume']);
    expect(await desk.events(action)).toContain(
      'step executing: The disk is gone; its snapshot stays',
    );
  });

  it('can be taken back: the same disk from the snapshot, with type, size, IOPS and tags', async () => {
    const { aws, desk } = world;
    const volume = await aws.createVolume({ team: 'shop' });
    const action = await propose(volume);
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    await desk.decide(action, 'rollback');
    await desk.until(action, 'rolled_back');
    const [snapshot] = await snapshotsOf(volume);
    const restored = (await aws.listVolumes()).filter(
      ({ SnapshotId }) => SnapshotId === snapshot?.SnapshotId,
    );
    expect(restored).toMatchObject([
      { Size: 20, VolumeType: 'gp3', Iops: 4000, AvailabilityZone: 'us-east-1a' },
    ]);
    expect(restored[0]?.Tags).toEqual(
      expect.arrayContaining([
        { Key: 'Name', Value: 'old-data' },
        { Key: 'team', Value: 'shop' },
      ]),
    );
    const events = (await desk.events(action)).join('\n');
    expect(events).toContain(`The disk is there again, as ${String(restored[0]?.VolumeId)}`);
  });

  it.each(['CreateSnapshot', 'DeleteVolume'])(
    'finds its own %s again when the reply was lost',
    async (call) => {
      const { aws, desk } = world;
      const volume = await aws.createVolume();
      const action = await propose(volume);
      void aws.proxy.on(call, 'loseReply', { instance: volume });
      await desk.decide(action, 'approve');
      await desk.until(action, 'succeeded');
      expect(aws.proxy.mutations(volume)).toEqual(['CreateSnapshot', 'DeleteVolume']);
      expect(await snapshotsOf(volume)).toHaveLength(1);
    },
  );

  it('stops when a machine uses the volume again, and leaves it', async () => {
    const { aws, desk } = world;
    const volume = await aws.createVolume();
    const action = await propose(volume);
    const caught = aws.proxy.on(
      'CreateSnapshot',
      { error: 'RequestLimitExceeded' },
      {
        instance: volume,
      },
    );
    await desk.decide(action, 'approve');
    await caught;
    await aws.attach(volume, await aws.launch());
    const { failure } = await desk.until(action, 'rolled_back');
    expect(failure).toMatchObject({ code: 'resource_changed' });
    expect(failure?.detail).toContain('uses the disk again');
    expect(await isThere(volume)).toBe(true);
    expect(aws.proxy.mutations(volume, true)).not.toContain('DeleteVolume');
  });

  it('without the permission to make it again is refused before anything happens', async () => {
    const { aws, desk } = world;
    const volume = await aws.createVolume();
    const action = await propose(volume);
    void aws.proxy.on('DryRun:CreateVolume', { error: 'UnauthorizedOperation' });
    await desk.decide(action, 'approve');
    const { failure } = await desk.until(action, 'failed');
    expect(failure?.detail).toContain('ec2:CreateVolume');
    expect(aws.proxy.mutations(volume)).toEqual([]);
  });
});

it('a volume in use has no plan, and says why', async () => {
  const { aws, desk } = world;
  const volume = await aws.createVolume();
  await aws.attach(volume, await aws.launch());
  const action = await propose(volume);
  const { failure } = await desk.until(action, 'failed');
  expect(failure?.code).toBe('change_not_possible');
  expect(failure?.detail).toContain('only disks that nothing uses');
});
