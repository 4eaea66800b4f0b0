import type { Meter } from './meter.ts';

const FACTORY = {
  subAccountId: 'b8509774-150e-5748-9c67-6a8ddcb3110f',
  subAccountName: 'Northwind Factory',
};
const OFFICE = {
  subAccountId: 'd9f20d45-d488-5e86-92ba-47235246ad27',
  subAccountName: 'Northwind Office',
};

type Traits = Partial<Meter>;
type Line = [
  subscription: typeof FACTORY,
  regionId: string | null,
  meter: string,
  unit: string,
  price: string,
  perDay: number,
  traits?: Traits,
];

const BUSY = { weekend: 0.55, noise: 0.04, growth: 0.2 };
const STOCK = { noise: 0.002, growth: 0.2 };

/** Telemetry of the factory stopped arriving four days before the anchor: the bill falls, and that is no good news. */
const SILENCE = { from: -4, to: 10_000, factor: 0.04 };

/**
 * Meters as Cost Management names them; prices in EUR, the pay-as-you-go prices of the public calculator for West Europe
 * and Germany West Central, rounded to what they were in 2025: Microsoft's euro prices follow the dollar once a month.
 *
 * @see https://azure.microsoft.com/pricing/calculator/
 */
const SERVICES: Readonly<Record<string, { category: string; lines: readonly Line[] }>> = {
  'Virtual Machines': {
    category: 'Compute',
    lines: [
      [FACTORY, 'westeurope', 'D4s v5', '1 Hour', '0.2', 48],
      [FACTORY, 'westeurope', 'D2s v5', '1 Hour', '0.1', 24],
      [FACTORY, 'germanywestcentral', 'E2s v5', '1 Hour', '0.132', 24],
      [OFFICE, 'westeurope', 'B2ms', '1 Hour', '0.083', 72, { weekend: 0.5, noise: 0.03 }],
    ],
  },
  Storage: {
    category: 'Storage',
    lines: [
      [FACTORY, 'westeurope', 'P15 LRS Disk', '1/Month', '34.4', 0.1],
      [FACTORY, 'westeurope', 'Hot LRS Data Stored', '1 GB/Month', '0.018', 62, STOCK],
      [FACTORY, 'westeurope', 'Hot LRS Write Operations', '10K', '0.05', 21, BUSY],
      [OFFICE, 'westeurope', 'LRS Data Stored', '1 GB/Month', '0.055', 34, STOCK],
    ],
  },
  'SQL Database': {
    category: 'Databases',
    lines: [
      [FACTORY, 'westeurope', 'General Purpose vCore', '1 Hour', '0.2', 48],
      [FACTORY, 'westeurope', 'General Purpose Data Stored', '1 GB/Month', '0.125', 8, STOCK],
    ],
  },
  'Azure App Service': {
    category: 'Web',
    lines: [[OFFICE, 'westeurope', 'P1 v3 App', '1 Hour', '0.157', 24]],
  },
  'Event Hubs': {
    category: 'Integration',
    lines: [
      [FACTORY, 'westeurope', 'Standard Throughput Unit', '1 Hour', '0.027', 48],
      [
        FACTORY,
        'westeurope',
        'Standard Ingress Events',
        '1M',
        '0.026',
        74,
        { noise: 0.03, incident: SILENCE },
      ],
    ],
  },
  'Log Analytics': {
    category: 'Management and Governance',
    lines: [
      [
        FACTORY,
        'westeurope',
        'Analytics Logs Data Ingestion',
        '1 GB',
        '2.52',
        3.4,
        { noise: 0.035, growth: 0.2, incident: SILENCE },
      ],
      [OFFICE, 'westeurope', 'Analytics Logs Data Ingestion', '1 GB', '2.52', 0.6, BUSY],
    ],
  },
  'Microsoft Defender for Cloud': {
    category: 'Security',
    lines: [
      [FACTORY, null, 'Standard Node', '1 Hour', '0.019', 96],
      [OFFICE, null, 'Standard Node', '1 Hour', '0.019', 72],
    ],
  },
  Backup: {
    category: 'Storage',
    lines: [
      [FACTORY, 'westeurope', 'Azure VM Protected Instances', '1/Month', '9.3', 0.13],
      [FACTORY, 'westeurope', 'LRS Data Stored', '1 GB/Month', '0.021', 44, STOCK],
    ],
  },
  Bandwidth: {
    category: 'Networking',
    lines: [
      [FACTORY, 'westeurope', 'Standard Data Transfer Out', '1 GB', '0.074', 21, BUSY],
      [OFFICE, 'westeurope', 'Standard Data Transfer Out', '1 GB', '0.074', 9, BUSY],
    ],
  },
  'Virtual Network': {
    category: 'Networking',
    lines: [
      [FACTORY, 'westeurope', 'Standard IPv4 Static Public IP', '1 Hour', '0.0046', 96],
      [OFFICE, 'westeurope', 'VpnGw1', '1 Hour', '0.175', 24],
    ],
  },
  'Key Vault': {
    category: 'Security',
    lines: [[FACTORY, 'westeurope', 'Operations', '10K', '0.028', 16, BUSY]],
  },
  'Azure DevOps': {
    category: 'Developer Tools',
    lines: [
      [
        OFFICE,
        null,
        'Basic Plan User',
        '1/Month',
        '5.6',
        38,
        { monthly: true, chargeCategory: 'Purchase' },
      ],
    ],
  },
};

/** The meters of the demo's Azure subscriptions, in EUR. */
export const AZURE_METERS: readonly Meter[] = Object.entries(SERVICES).flatMap(
  ([serviceName, { category, lines }]) =>
    lines.map(([subscription, regionId, skuMeter, unit, price, perDay, traits]) => ({
      ...subscription,
      serviceName,
      serviceCategory: category,
      regionId,
      skuId: null,
      skuMeter,
      unit,
      price,
      perDay,
      ...traits,
    })),
);
