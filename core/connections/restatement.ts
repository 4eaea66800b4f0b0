import type { Provider } from '../contracts/scalars.ts';
import { addDays } from '../time/day.ts';
import { addMonths, firstOfMonth } from '../time/month.ts';

/** Which of the days that are stored already a provider may still change. */
export interface Restatement {
  /** Newest days that every poll reads again. */
  everyPollDays: number;
  /** First UTC day that is read again once a day, by the first poll of `day`. */
  deepFrom: (day: string) => string;
}

/**
 * How far back each provider restates what it said of a day. Reading further costs requests (AWS), quota (Azure) or bytes
 * (Google Cloud), so most polls read only the newest days and one a day reads all that is still open.
 *
 * - AWS renews its data up to three times a day, within 24 hours, and changes a month until its invoice is final, which
 *   is in the first days of the next month.
 *   @see https://docs.aws.amazon.com/cost-management/latest/userguide/ce-what-is.html
 * - Azure renews every 4 hours and keeps a month open for up to 72 hours after its end; 5 days leave room.
 *   @see https://learn.microsoft.com/azure/cost-management-billing/costs/understand-cost-mgt-data
 * - Google Cloud promises no time for its export, and rows of a day come days later; taxes and credits after the invoice.
 *   @see https://cloud.google.com/billing/docs/how-to/export-data-bigquery
 * - OpenAI and Anthropic add up costs daily and say nothing of corrections; a month is what a page of theirs holds.
 *   @see https://platform.openai.com/docs/api-reference/usage/costs
 *   @see https://docs.anthropic.com/en/api/usage-cost-api
 */
export const RESTATEMENT: Readonly<Record<Provider, Restatement>> = {
  aws: { everyPollDays: 3, deepFrom: monthsOpenUntil(10) },
  azure: { everyPollDays: 5, deepFrom: monthsOpenUntil(5) },
  gcp: { everyPollDays: 10, deepFrom: monthsOpenUntil(15) },
  openai: { everyPollDays: 3, deepFrom: (day) => addDays(day, -31) },
  anthropic: { everyPollDays: 3, deepFrom: (day) => addDays(day, -31) },
};

/** The current month, and the one before up to this day of the current one, included. */
function monthsOpenUntil(dayOfMonth: number): (day: string) => string {
  return (day) => {
    const current = firstOfMonth(day);
    return Number(day.slice(8)) > dayOfMonth ? current : addMonths(current, -1);
  };
}
