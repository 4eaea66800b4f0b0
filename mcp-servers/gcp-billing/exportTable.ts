import { z } from 'zod';
import { ToolError } from '../../core/mcp/toolError.ts';

/** Where the billing export lies. */
export interface TableRef {
  projectId: string;
  datasetId: string;
  tableId: string;
}

/** What the export's table is like. */
export interface ExportTable extends TableRef {
  /** Where its dataset lies, for instance `EU`. */
  location: string | undefined;
  /** The detailed export, which tells resources apart. */
  hasResources: boolean;
  /** Whether it has `cost_at_list`, which views of older exports lack. */
  hasListCost: boolean;
  /** Partitioned by the day of loading, so that `_PARTITIONTIME` bounds what is scanned; views are not. */
  byLoadDay: boolean;
}

/** The table that `GCP_BILLING_TABLE` names. @throws ToolError `UNSUPPORTED` where it is not set */
export function toTableRef(name: string | undefined): TableRef {
  // A project's id may have dots (`example.com:billing`); the other two may not.
  const [, projectId, datasetId, tableId] = /^(.+)\.([^.]+)\.([^.]+)$/.exec(name ?? '') ?? [];
  if (projectId === undefined || datasetId === undefined || tableId === undefined) {
    throw new ToolError(
      'UNSUPPORTED',
      'No billing export is configured. Switch the Cloud Billing export to BigQuery on (Billing, Billing export, detailed usage cost) and set GCP_BILLING_TABLE to PROJECT.DATASET.TABLE.',
    );
  }
  return { projectId, datasetId, tableId };
}

/** The part of BigQuery's table resource that is used. @see https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#Table */
export const TableMetadata = z.object({
  location: z.string().optional(),
  schema: z.object({ fields: z.array(z.object({ name: z.string() })) }),
  timePartitioning: z.object({ field: z.string().optional() }).optional(),
});

// Without these the query cannot even be asked.
const NEEDED = ['service', 'sku', 'usage_start_time', 'project', 'cost', 'currency', 'credits'];

/** What the metadata of a table says. @throws ToolError `UNSUPPORTED` when it is no billing export */
export function toExportTable(ref: TableRef, metadata: z.infer<typeof TableMetadata>): ExportTable {
  const columns = new Set(metadata.schema.fields.map(({ name }) => name));
  const missing = NEEDED.filter((name) => !columns.has(name));
  if (missing.length > 0) {
    throw new ToolError(
      'UNSUPPORTED',
      `GCP_BILLING_TABLE names a table without the columns ${missing.join(', ')}, so it is not a standard or detailed Cloud Billing export. Name the table gcp_billing_export_v1_… or gcp_billing_export_resource_v1_…, or a view with its columns.`,
    );
  }
  const { location, timePartitioning: partitioning } = metadata;
  return {
    ...ref,
    location,
    hasResources: columns.has('resource'),
    hasListCost: columns.has('cost_at_list'),
    byLoadDay: partitioning !== undefined && partitioning.field === undefined,
  };
}
