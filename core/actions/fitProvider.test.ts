import { describe, expect, it } from 'vitest';
import { ActionCreate } from '../contracts/action.ts';
import { canonicalResourceId, findMismatch } from './fitProvider.ts';

const CONNECTION = '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11';
const AZURE =
  '/subscriptions/0f0e0d0c-0b0a-4909-8807-060504030201/resourceGroups/Shop/providers/Microsoft.Compute';
const IDS = {
  aws: { machine: 'i-0123456789abcdef0', volume: 'vol-0123456789abcdef0', type: 'm5.large' },
  gcp: {
    machine: 'projects/shop/zones/us-central1-a/instances/web-1',
    volume: 'projects/shop/zones/us-central1-a/disks/data-1',
    type: 'e2-standard-4',
  },
  azure: {
    machine: `${AZURE}/virtualMachines/Web1`,
    volume: `${AZURE}/disks/Data_1`,
    type: 'Standard_D4s_v5',
  },
} as const;

const resize = (resourceId: string, instanceType: string): ActionCreate =>
  ActionCreate.parse({
    kind: 'resize_instance',
    connectionId: CONNECTION,
    resourceId,
    region: 'westeurope',
    target: { instanceType },
  });

describe.each(['aws', 'gcp', 'azure'] as const)('a connection to %s', (provider) => {
  const { machine, volume, type } = IDS[provider];
  const others = (['aws', 'gcp', 'azure'] as const).filter((name) => name !== provider);

  it('takes its own machines, disks and types', () => {
    expect(findMismatch(resize(machine, type), provider)).toBeUndefined();
    const about = { connectionId: CONNECTION, region: 'eu' };
    const power = { ...about, kind: 'stop_instance', resourceId: machine };
    expect(findMismatch(ActionCreate.parse(power), provider)).toBeUndefined();
    const disk = { ...about, kind: 'delete_volume', resourceId: volume };
    expect(findMismatch(ActionCreate.parse(disk), provider)).toBeUndefined();
  });

  it.each(others)('refuses a resource, and a type, of %s', (other) => {
    const foreign = findMismatch(resize(IDS[other].machine, type), provider);
    expect(foreign?.field.pointer).toBe('/resourceId');
    const wrongType = findMismatch(resize(machine, IDS[other].type), provider);
    expect(wrongType?.field.pointer).toBe('/target/instanceType');
  });

  it('limits no API key', () => {
    const key = ActionCreate.parse({
      kind: 'limit_api_key',
      connectionId: CONNECTION,
      resourceId: 'apikey_1',
    });
    expect(findMismatch(key, provider)?.field.pointer).toBe('/connectionId');
  });
});

it('a connection to OpenAI has no machines', () => {
  const mismatch = findMismatch(resize(IDS.aws.machine, 'm5.large'), 'openai');
  expect(mismatch?.field.pointer).toBe('/connectionId');
});

it('an id of Azure is one in any case, others are as they are', () => {
  expect(canonicalResourceId(IDS.azure.machine)).toBe(IDS.azure.machine.toLowerCase());
  expect(canonicalResourceId(IDS.gcp.machine)).toBe(IDS.gcp.machine);
});
