import type { Meter } from './meter.ts';

const PROD = { subAccountId: 'northwind-prod', subAccountName: 'Northwind Production' };
const DATA = { subAccountId: 'northwind-data', subAccountName: 'Northwind Data' };
const ML = { subAccountId: 'northwind-ml', subAccountName: 'Northwind ML' };

type Traits = Partial<Meter>;
type Line = [
  project: typeof PROD,
  regionId: string | null,
  sku: string,
  unit: string,
  price: string,
  perDay: number,
  traits?: Traits,
];

const BUSY = { weekend: 0.6, noise: 0.04, growth: 0.35 };
const STOCK = { noise: 0.002, growth: 0.35 };
const ALWAYS = { creditPercent: 20 };

/** A dashboard that scanned whole tables for two days, three weeks before the anchor. */
const QUERY_SPIKE = { from: -21, to: -19, factor: 3.6 };

/**
 * SKUs as the billing export describes them; USD list prices of the products' public pricing pages (N2 and storage in
 * Frankfurt and Iowa), sustained use discount as its own credit rows.
 *
 * @see https://cloud.google.com/pricing/list
 */
const SERVICES: Readonly<Record<string, { category: string; lines: readonly Line[] }>> = {
  'Compute Engine': {
    category: 'Compute',
    lines: [
      [
        PROD,
        'europe-west3',
        'N2 Instance Core running in Frankfurt',
        'vCPU-Hours',
        '0.0407',
        192,
        ALWAYS,
      ],
      [
        PROD,
        'europe-west3',
        'N2 Instance Ram running in Frankfurt',
        'GiB-Hours',
        '0.005456',
        768,
        ALWAYS,
      ],
      [PROD, 'europe-west3', 'SSD backed PD Capacity in Frankfurt', 'GiB-Mo', '0.204', 13, STOCK],
      [
        ML,
        'us-central1',
        'N2 Instance Core running in Americas',
        'vCPU-Hours',
        '0.031611',
        168,
        { weekend: 0.4, noise: 0.06 },
      ],
      [
        ML,
        'us-central1',
        'N2 Instance Ram running in Americas',
        'GiB-Hours',
        '0.004237',
        672,
        { weekend: 0.4, noise: 0.06 },
      ],
      [
        ML,
        'us-central1',
        'Nvidia L4 GPU running in Americas',
        'GPU-Hours',
        '0.560004',
        9,
        { weekend: 0.3, noise: 0.08 },
      ],
    ],
  },
  BigQuery: {
    category: 'Analytics',
    lines: [
      [
        DATA,
        'eu',
        'Analysis (EU (multi-region))',
        'TiB',
        '6.25',
        0.82,
        { ...BUSY, incident: QUERY_SPIKE },
      ],
      [DATA, 'eu', 'Active Logical Storage (EU (multi-region))', 'GiB-Mo', '0.02', 142, STOCK],
      [DATA, 'eu', 'Long Term Logical Storage (EU (multi-region))', 'GiB-Mo', '0.01', 210, STOCK],
      [DATA, 'eu', 'Streaming Insert', 'MiB', '0.00005', 6_800, BUSY],
    ],
  },
  'Cloud Storage': {
    category: 'Storage',
    lines: [
      [DATA, 'europe-west3', 'Standard Storage Frankfurt', 'GiB-Mo', '0.023', 118, STOCK],
      [
        DATA,
        'europe-west3',
        'Standard Storage Frankfurt Class A Operations',
        'Requests',
        '0.000005',
        180_000,
        BUSY,
      ],
      [ML, 'us-central1', 'Standard Storage US Regional', 'GiB-Mo', '0.02', 96, STOCK],
      [ML, null, 'Download Worldwide Destinations', 'GiB', '0.12', 8, BUSY],
    ],
  },
  'Cloud SQL': {
    category: 'Databases',
    lines: [
      [
        PROD,
        'europe-west3',
        'Cloud SQL for PostgreSQL: Zonal - vCPU in Frankfurt',
        'vCPU-Hours',
        '0.0495',
        96,
      ],
      [
        PROD,
        'europe-west3',
        'Cloud SQL for PostgreSQL: Zonal - RAM in Frankfurt',
        'GiB-Hours',
        '0.0084',
        360,
      ],
      [
        PROD,
        'europe-west3',
        'Cloud SQL for PostgreSQL: Zonal - Standard storage in Frankfurt',
        'GiB-Mo',
        '0.204',
        6.6,
        STOCK,
      ],
    ],
  },
  'Kubernetes Engine': {
    category: 'Compute',
    lines: [[PROD, 'europe-west3', 'Zonal Kubernetes Clusters', 'Hours', '0.1', 24]],
  },
  'Cloud Run': {
    category: 'Compute',
    lines: [
      [
        PROD,
        'europe-west3',
        'Services CPU (Request-based billing) in europe-west3',
        'vCPU-Seconds',
        '0.0000336',
        72_000,
        BUSY,
      ],
      [
        PROD,
        'europe-west3',
        'Services Memory (Request-based billing) in europe-west3',
        'GiB-Seconds',
        '0.0000035',
        144_000,
        BUSY,
      ],
    ],
  },
  'Cloud Pub/Sub': {
    category: 'Integration',
    lines: [[DATA, null, 'Message Delivery Basic', 'TiB', '40', 0.062, BUSY]],
  },
  Networking: {
    category: 'Networking',
    lines: [
      [
        PROD,
        'europe-west3',
        'Network Internet Data Transfer Out from Frankfurt to EMEA',
        'GiB',
        '0.12',
        27,
        BUSY,
      ],
      [PROD, null, 'Cloud Load Balancer Forwarding Rule Minimum Global', 'Hours', '0.025', 24],
    ],
  },
  'Cloud Logging': {
    category: 'Management and Governance',
    lines: [[PROD, null, 'Log Storage cost', 'GiB', '0.5', 5.4, BUSY]],
  },
  'Vertex AI': {
    category: 'AI and Machine Learning',
    lines: [
      [
        ML,
        'us-central1',
        'Custom Training N1 Core Americas',
        'vCPU-Hours',
        '0.036354',
        62,
        { weekend: 0.35, noise: 0.09 },
      ],
      [ML, 'us-central1', 'Online Prediction N1 Core Americas', 'vCPU-Hours', '0.036354', 48],
    ],
  },
  Support: {
    category: 'Other',
    lines: [
      [
        PROD,
        null,
        'Standard Support',
        'Months',
        '29',
        1,
        { monthly: true, chargeCategory: 'Purchase' },
      ],
    ],
  },
};

/** The meters of the demo's Google Cloud projects. */
export const GCP_METERS: readonly Meter[] = Object.entries(SERVICES).flatMap(
  ([serviceName, { category, lines }]) =>
    lines.map(([project, regionId, skuMeter, unit, price, perDay, traits]) => ({
      ...project,
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
