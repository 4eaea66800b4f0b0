import { randomUUID } from 'node:crypto';
import { BigQuery, type Table } from '@google-cloud/bigquery';

/** A charge as the tests write it; what is left out has the value of `CHARGE`. */
export interface Charge {
  service?: { id: string; description: string };
  sku?: { id: string; description: string | null };
  /** ISO 8601. */
  at?: string;
  project?: { id: string; name: string } | null;
  labels?: Record<string, string> | { key: string; value: string }[];
  region?: string | null;
  zone?: string | null;
  resource?: { name: string; global_name: string } | null;
  cost?: number | null;
  currency?: string | null;
  /** Amounts, negative. */
  credits?: number[];
  usage?: { amount: number; unit: string };
  costType?: 'regular' | 'tax' | 'adjustment' | 'rounding_error';
  listCost?: number | null;
}

/** The services and SKUs of the fixtures. */
export const COMPUTE = { id: '6F81-5844-456A', description: 'Compute Engine' };
export const STORAGE = { id: '95FF-2EF5-5EA1', description: 'Cloud Storage' };
export const BILLING_ACCOUNT = '01A2B3-C4D5E6-F7A8B9';

/** A table of the billing export in the emulator. */
export interface ExportFixture {
  /** For GCP_BILLING_TABLE. */
  name: string;
  add: (charges: readonly Charge[]) => Promise<void>;
  /** Google's own client, on the emulator. */
  client: BigQuery;
}

const field = (name: string, type = 'STRING') => ({ name, type });
const record = (name: string, ...fields: object[]) => ({ name, type: 'RECORD', fields });
const repeated = (name: string, ...fields: object[]) => ({
  ...record(name, ...fields),
  mode: 'REPEATED',
});

/**
 * Columns of the export that are used, as Google documents them.
 *
 * @see https://cloud.google.com/billing/docs/how-to/export-data-bigquery-tables/detailed-usage
 */
const COLUMNS = [
  field('billing_account_id'),
  record('service', field('id'), field('description')),
  record('sku', field('id'), field('description')),
  field('usage_start_time', 'TIMESTAMP'),
  field('usage_end_time', 'TIMESTAMP'),
  record('project', field('id'), field('number'), field('name')),
  repeated('labels', field('key'), field('value')),
  record('location', field('location'), field('country'), field('region'), field('zone')),
  field('export_time', 'TIMESTAMP'),
  field('cost', 'FLOAT'),
  field('currency'),
  record('usage', field('amount', 'FLOAT'), field('unit')),
  repeated('credits', field('name'), field('amount', 'FLOAT'), field('type')),
  record('invoice', field('month')),
  field('cost_type'),
  field('cost_at_list', 'FLOAT'),
];
const RESOURCE = record('resource', field('name'), field('global_name'));

/** Makes an empty table of its own, partitioned by the day of loading as Google's is. */
export async function createExport(
  bigQuery: { url: string; project: string },
  kind: 'standard' | 'detailed' | 'view-like',
): Promise<ExportFixture> {
  // Else Google's client looks for a machine of Google's around it.
  process.env['METADATA_SERVER_DETECTION'] = 'none';
  const client = new BigQuery({ projectId: bigQuery.project, apiEndpoint: bigQuery.url });
  const datasetId = `billing_${randomUUID().replaceAll('-', '')}`;
  const tableId =
    kind === 'standard' ? 'gcp_billing_export_v1_TEST' : 'gcp_billing_export_resource_v1_TEST';
  await client.createDataset(datasetId);
  const [table] = await client.dataset(datasetId).createTable(tableId, {
    schema: kind === 'standard' ? COLUMNS : [...COLUMNS, RESOURCE],
    ...(kind === 'view-like' ? {} : { timePartitioning: { type: 'DAY' } }),
  });
  return {
    name: `${bigQuery.project}.${datasetId}.${tableId}`,
    client,
    add: (charges) => insert(table, charges, kind !== 'standard'),
  };
}

async function insert(table: Table, charges: readonly Charge[], detailed: boolean): Promise<void> {
  const rows = charges.map((charge) => toRow(charge, detailed));
  for (let i = 0; i < rows.length; i += 500) await table.insert(rows.slice(i, i + 500));
}

function toRow(charge: Charge, detailed: boolean): Record<string, unknown> {
  const {
    service = COMPUTE,
    sku = { id: '0001-AAAA', description: 'N1 Predefined Instance Core running in Americas' },
    at = '2026-11-01T05:00:00Z',
    project = { id: 'shop', name: 'The Shop' },
    labels = {},
    region = 'us-central1',
    zone = region === null ? null : `${region}-a`,
    resource = null,
    cost = 1,
    currency = 'USD',
    credits = [],
    usage = { amount: 3600, unit: 'seconds' },
    costType = 'regular',
  } = charge;
  return {
    billing_account_id: BILLING_ACCOUNT,
    service,
    sku,
    usage_start_time: at,
    usage_end_time: new Date(Date.parse(at) + 3_600_000).toISOString(),
    // Fields in the order of the schema: the emulator mixes them up otherwise.
    project: project && { id: project.id, number: '1', name: project.name },
    labels: Array.isArray(labels)
      ? labels
      : Object.entries(labels).map(([key, value]) => ({ key, value })),
    location: region === null ? null : { location: region, country: 'US', region, zone },
    export_time: new Date(Date.parse(at) + 7_200_000).toISOString(),
    cost,
    currency,
    usage,
    credits: credits.map((amount) => ({ name: 'discount', amount, type: 'DISCOUNT' })),
    invoice: { month: at.slice(0, 7).replace('-', '') },
    cost_type: costType,
    cost_at_list: charge.listCost === undefined ? cost : charge.listCost,
    ...(detailed ? { resource } : {}),
  };
}
