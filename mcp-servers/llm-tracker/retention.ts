import { RESTATEMENT } from '../../core/connections/restatement.ts';

/** Months back that can be asked. Neither provider documents an end; the bound keeps mistyped years from being asked for. */
export const RETENTION_MONTHS = 24;

/**
 * Days after which billed amounts are taken as final. OpenAI reconciles costs daily, both restate some days.
 *
 * @see https://platform.openai.com/docs/api-reference/usage/costs
 */
export const COST_RESTATEMENT_DAYS = RESTATEMENT.openai.everyPollDays;

/** Days after which usage is taken as final: it arrives within minutes, and what is late belongs to the day before. */
export const USAGE_RESTATEMENT_DAYS = 1;

/**
 * How long usage that may still grow is answered from memory. Anthropic asks to poll once a minute at most.
 *
 * @see https://docs.claude.com/en/api/usage-cost-api (frequently asked questions)
 */
export const USAGE_TTL_MS = 60_000;
