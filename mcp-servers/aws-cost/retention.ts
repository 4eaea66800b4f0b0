import { RESTATEMENT } from '../../core/connections/restatement.ts';

/**
 * How far back Cost Explorer can be asked: 13 months and the current one, hours and single resources for 14 days.
 *
 * @see https://docs.aws.amazon.com/cost-management/latest/userguide/ce-what-is.html
 */
export const RETENTION_MONTHS = 13;

/** Days back for which Cost Explorer keeps hours. */
export const HOUR_DAYS = 14;

/** Days back for which Cost Explorer tells resources apart. */
export const RESOURCE_DAYS = 14;

/** Days back that Cost Anomaly Detection keeps its findings. */
export const ANOMALY_DAYS = 90;

/** Days after which Cost Explorer's amounts are taken as final, unless it still calls them estimated. */
export const RESTATEMENT_DAYS = RESTATEMENT.aws.everyPollDays;

/** Days ahead that Cost Explorer forecasts by day ("3 months"). */
export const FORECAST_DAYS = 92;

/** Months ahead that Cost Explorer forecasts by month. */
export const FORECAST_MONTHS = 18;
