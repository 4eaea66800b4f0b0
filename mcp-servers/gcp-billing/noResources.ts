import { ToolError } from '../../core/mcp/toolError.ts';

/** The refusal of a standard export that is asked for resources. */
export const noResources = (field?: string): ToolError =>
  new ToolError(
    'UNSUPPORTED',
    'This is a standard billing export, which does not tell resources apart. Switch the detailed usage cost export on (Billing, Billing export, BigQuery export) and set GCP_BILLING_TABLE to its table gcp_billing_export_resource_v1_…; until then group by SkuMeter.',
    field === undefined ? {} : { field },
  );
