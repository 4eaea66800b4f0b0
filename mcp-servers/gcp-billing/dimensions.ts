import { findTagKey } from '../../core/mcp/dimension.ts';
import { CREDIT, type SqlParameters } from './sqlParameters.ts';

/** A value that the query can group by or carry along; the name is its column's. */
export type Key =
  'service' | 'region' | 'project' | 'resource' | 'sku' | 'meter' | 'charge' | 'invoice' | 'unit';

/** A value that follows from the grouped ones and is carried along as their MAX. */
export type Carried = 'service' | 'serviceId' | 'meter' | 'projectName' | 'resourceName' | 'labels';

/**
 * FOCUS `ChargeCategory` by the export's `cost_type`; the fees of committed use are SKUs of their own, whose descriptions
 * begin with "Commitment". A credit stands inside the row that it lowers and becomes a charge of its own only where charges
 * are told apart by category.
 *
 * @see https://cloud.google.com/billing/docs/how-to/export-data-bigquery-tables/standard-usage (cost_type, credits)
 * @see https://focus.finops.org/focus-specification/v1-2/ (ChargeCategory)
 */
const CHARGE_SQL =
  `IF(${CREDIT}, 'Credit', CASE cost_type` +
  " WHEN 'regular' THEN IF(STARTS_WITH(sku.description, 'Commitment'), 'Purchase', 'Usage')" +
  " WHEN 'tax' THEN 'Tax' WHEN 'adjustment' THEN 'Adjustment'" +
  " WHEN 'rounding_error' THEN 'Adjustment' END)";

/** SQL of every value that can be grouped by. @see https://cloud.google.com/billing/docs/how-to/export-data-bigquery-tables */
export const KEY_SQL: Readonly<Record<Key, string>> = {
  service: 'service.description',
  region: 'location.region',
  project: 'project.id',
  resource: 'COALESCE(resource.global_name, resource.name)',
  sku: 'sku.id',
  meter: 'sku.description',
  charge: CHARGE_SQL,
  invoice: 'invoice.month',
  unit: 'usage.unit',
};

/** SQL of every value that is carried along. */
export const CARRIED_SQL: Readonly<Record<Carried, string>> = {
  service: 'MAX(service.description)',
  serviceId: 'MAX(service.id)',
  meter: 'MAX(sku.description)',
  projectName: 'MAX(project.name)',
  resourceName: 'MAX(resource.name)',
  labels: 'MAX(TO_JSON_STRING(labels))',
};

/** How a dimension is asked of the export. */
interface GcpDimension {
  /** What to group by. */
  keys: readonly Key[];
  /** What follows from it. */
  carries: readonly Carried[];
  /** SQL of its value for filters; undefined where it cannot be filtered by. */
  filterSql?: string;
}

const plain = (key: Key, carries: readonly Carried[] = []): GcpDimension => ({
  keys: [key],
  carries,
  filterSql: KEY_SQL[key],
});

/** The dimensions of the export besides tags. `x_SkuRegion` is a SKU in a region, `SKU/region`. */
export const GCP_DIMENSIONS: Readonly<Record<string, GcpDimension>> = {
  ServiceName: plain('service'),
  ServiceCategory: { keys: ['service'], carries: [] },
  RegionId: plain('region'),
  SubAccountId: plain('project', ['projectName']),
  ResourceId: plain('resource', ['resourceName']),
  ChargeCategory: plain('charge'),
  SkuId: plain('sku', ['meter', 'service']),
  SkuMeter: plain('meter'),
  PricingCategory: { keys: ['sku'], carries: ['serviceId'] },
  x_SkuRegion: {
    keys: ['sku', 'region'],
    carries: ['meter', 'service'],
    filterSql: "CONCAT(sku.id, '/', IFNULL(location.region, ''))",
  },
  x_InvoiceMonth: plain('invoice'),
};

/** The values of `ChargeCategory` that the export has. */
export const CHARGE_CATEGORIES: readonly string[] = [
  'Usage',
  'Purchase',
  'Tax',
  'Credit',
  'Adjustment',
];

/** How a dimension is asked; undefined when the export has none for it, as for tags. */
export const findGcpDimension = (dimension: string): GcpDimension | undefined =>
  Object.hasOwn(GCP_DIMENSIONS, dimension) ? GCP_DIMENSIONS[dimension] : undefined;

/**
 * SQL of a label's value, null where there is none. An aggregate, so that a key that stands twice cannot make a charge
 * count twice.
 */
export function labelSql(dimension: string, parameters: SqlParameters): string | undefined {
  const key = findTagKey(dimension);
  if (key === undefined) return undefined;
  return `(SELECT MAX(label.value) FROM UNNEST(labels) AS label WHERE label.key = ${parameters.add(key)})`;
}
