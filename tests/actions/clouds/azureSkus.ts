const capabilities = (values: Record<string, string>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

const size = (name: string, family: string, values: Record<string, string>) => ({
  resourceType: 'virtualMachines',
  name,
  tier: 'Standard',
  family,
  locations: ['westeurope'],
  capabilities: capabilities({
    HyperVGenerations: 'V1,V2',
    PremiumIO: 'True',
    CpuArchitectureType: 'x64',
    MaxNetworkInterfaces: '2',
    MaxDataDiskCount: '8',
    MaxResourceVolumeMB: '0',
    AcceleratedNetworkingEnabled: 'True',
    EncryptionAtHostSupported: 'True',
    ...values,
  }),
  restrictions: [],
});

const V5 = 'standardDSv5Family';

/** Sizes that the fake of Azure offers in its region; facts as the resource SKUs API gives them. */
export const AZURE_SKUS = [
  size('Standard_D4s_v5', V5, { vCPUs: '4', MemoryGB: '16', MaxDataDiskCount: '8' }),
  size('Standard_D2s_v5', V5, { vCPUs: '2', MemoryGB: '8', MaxDataDiskCount: '4' }),
  size('Standard_D64s_v5', V5, { vCPUs: '64', MemoryGB: '256' }),
  size('Standard_D2ds_v5', 'standardDDSv5Family', {
    vCPUs: '2',
    MemoryGB: '8',
    MaxResourceVolumeMB: '76800',
  }),
  size('Standard_D2_v5', 'standardDv5Family', { vCPUs: '2', MemoryGB: '8', PremiumIO: 'False' }),
  size('Standard_D2ps_v5', 'standardDPSv5Family', {
    vCPUs: '2',
    MemoryGB: '8',
    CpuArchitectureType: 'Arm64',
  }),
  size('Standard_D2s_v6', 'standardDSv6Family', {
    vCPUs: '2',
    MemoryGB: '8',
    DiskControllerTypes: 'NVMe',
    HyperVGenerations: 'V2',
  }),
  {
    ...size('Standard_D2s_v3', 'standardDSv3Family', { vCPUs: '2', MemoryGB: '8' }),
    restrictions: [
      {
        type: 'Location',
        values: ['westeurope'],
        restrictionInfo: { locations: ['westeurope'] },
        reasonCode: 'NotAvailableForSubscription',
      },
    ],
  },
  { resourceType: 'disks', name: 'Premium_LRS', family: '', locations: ['westeurope'] },
];
