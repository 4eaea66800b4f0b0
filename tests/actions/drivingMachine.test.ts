import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDrivingMachine } from '../../activities/remedies/findDrivingMachine.ts';
import type { Anomaly } from '../../core/contracts/anomaly.ts';
import { type AzureAccount, openAzureAccount } from './azureAccount.ts';
import { type GceAccount, openGceAccount } from './gceAccount.ts';

let gce: GceAccount;
let azure: AzureAccount;
beforeAll(async () => {
  [gce, azure] = [await openGceAccount(), await openAzureAccount()];
});
afterAll(async () => {
  await gce.close();
  await azure.close();
});

type Driver = Anomaly['drivers'][number];
const driver = (value: string, share: number, dimension = 'ResourceId') =>
  ({ dimension, value, share }) as Driver;

describe.each([
  ['gcp', () => gce],
  ['azure', () => azure],
] as const)('a finding at %s', (provider, open) => {
  const find = (drivers: Driver[]) =>
    findDrivingMachine({ provider, drivers, regionId: open().region }, open().machines);

  it('leads to the running machine that drives it most, and half its size', async () => {
    const [large, small] = open().types;
    const [less, most] = [open().launch(large), open().launch(large)];
    const named = provider === 'gcp' ? `//compute.googleapis.com/${most}` : most;
    expect(await find([driver('a bucket', 0.9), driver(less, 0.2), driver(named, 0.7)])).toEqual({
      resourceId: most,
      currentType: large,
      targetType: small,
    });
  });

  it('leads nowhere where the machine is stopped, gone, or not what rose', async () => {
    const stopped = open().launch(open().types[0]);
    open().stop(stopped);
    const gone = open().launch(open().types[0]);
    open().terminate(gone);
    const fell = open().launch(open().types[0]);
    expect(await find([driver(stopped, 0.5), driver(gone, 0.4), driver(fell, -0.1)])).toBeNull();
  });
});
