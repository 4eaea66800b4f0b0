import { RESTATEMENT } from '../../core/connections/restatement.ts';

/**
 * Months back that the export can be asked for. The table itself begins with the day on which the export was switched on
 * (with the previous month, in a multi-region dataset) and keeps everything since.
 *
 * @see https://cloud.google.com/billing/docs/how-to/export-data-bigquery-tables (data availability)
 */
export const RETENTION_MONTHS = 60;

/**
 * Days after which the amounts of a day are taken as final. Google gives no promise: services report usage late and at
 * their own pace, and the export is loaded without guarantees of delivery or latency. Rows for a day still come for about
 * a week (a first fill alone takes up to five days); ten days leave a margin.
 *
 * @see https://cloud.google.com/billing/docs/how-to/export-data-bigquery-tables (frequency of data loads)
 */
export const RESTATEMENT_DAYS = RESTATEMENT.gcp.everyPollDays;

/** Days back in which a zone must have had Compute Engine costs for its recommendations to be asked for. */
export const COMPUTE_DAYS = 30;
