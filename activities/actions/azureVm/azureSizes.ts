import type { AzureSizeFacts, AzureUsage } from '../../../core/actions/azure/checkAzureVm.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { AzureSku, AzureUsageRow } from './azureShapes.ts';
import type { Azure } from './createAzure.ts';

/** What two sizes can do in a region. @throws CostGuardError `resize_not_supported` for one that does not exist there */
export async function readAzureSizes(
  azure: Azure,
  at: { subscription: string; region: string },
  names: { from: string; to: string },
): Promise<{ from: AzureSizeFacts; to: AzureSizeFacts }> {
  const skus = await azure.list({
    path: `/subscriptions/${at.subscription}/providers/Microsoft.Compute/skus`,
    api: 'skus',
    query: { $filter: `location eq '${at.region.replaceAll("'", '')}'` },
    permission: 'Microsoft.Compute/skus/read',
    schema: AzureSku,
  });
  const get = (name: string): AzureSizeFacts => {
    const sku = skus.find(
      (one) =>
        one.resourceType === 'virtualMachines' && one.name.toLowerCase() === name.toLowerCase(),
    );
    if (sku !== undefined) return toFacts(sku);
    throw new CostGuardError(
      'resize_not_supported',
      `There is no machine size ${name} in the region ${at.region}.`,
    );
  };
  return { from: get(names.from), to: get(names.to) };
}

/** Quotas only help to refuse early: who may not read them finds out later. */
export async function readAzureUsages(
  azure: Azure,
  { subscription, region }: { subscription: string; region: string },
): Promise<AzureUsage[]> {
  const rows = await azure
    .list({
      path: `/subscriptions/${subscription}/providers/Microsoft.Compute/locations/${encodeURIComponent(region)}/usages`,
      api: 'compute',
      permission: 'Microsoft.Compute/locations/usages/read',
      schema: AzureUsageRow,
    })
    .catch((error: unknown) => {
      if (error instanceof CostGuardError && error.code === 'permission_missing') return [];
      throw error;
    });
  return rows.map(({ name, currentValue, limit }) => ({
    name: name.value,
    label: name.localizedValue ?? name.value,
    used: currentValue,
    limit,
  }));
}

/** @see https://learn.microsoft.com/rest/api/compute/resource-skus/list (capabilities; each is text) */
function toFacts({ name, family, capabilities, restrictions }: AzureSku): AzureSizeFacts {
  const values = new Map((capabilities ?? []).map((one) => [one.name, one.value]));
  const is = (capability: string) => values.get(capability)?.toLowerCase() === 'true';
  const number = (capability: string) => {
    const value = Number(values.get(capability));
    return values.has(capability) && Number.isFinite(value) ? value : undefined;
  };
  const words = (capability: string) =>
    (values.get(capability) ?? '').split(/[,\s]+/).filter((word) => word !== '');
  const controllers = words('DiskControllerTypes');
  const limits = restrictions ?? [];
  return {
    vmSize: name,
    family,
    vcpus: number('vCPUs') ?? 0,
    memoryGib: number('MemoryGB') ?? 0,
    // Sizes from before there was another architecture do not name theirs.
    architecture: values.get('CpuArchitectureType') === 'Arm64' ? 'Arm64' : 'x64',
    takesPremium: is('PremiumIO'),
    takesUltra: is('UltraSSDAvailable'),
    takesEncryptionAtHost: is('EncryptionAtHostSupported'),
    dataDisksMax: number('MaxDataDiskCount'),
    networkInterfacesMax: number('MaxNetworkInterfaces'),
    diskControllers: controllers.length > 0 ? controllers : ['SCSI'],
    generations: words('HyperVGenerations'),
    hasTempDisk: (number('MaxResourceVolumeMB') ?? 0) > 0,
    hasAcceleratedNetworking: is('AcceleratedNetworkingEnabled'),
    isRestricted: limits.some(({ type }) => type === 'Location'),
    restrictedZones: limits
      .filter(({ type }) => type === 'Zone')
      .flatMap(({ restrictionInfo }) => restrictionInfo?.zones ?? []),
  };
}
