import { CostGuardError } from './errors.ts';

const LISTS = {
  anomaly_not_found: 'anomalies',
  action_not_found: 'actions',
  connection_not_found: 'connections',
  policy_not_found: 'policies',
  budget_not_found: 'budgets',
  llm_price_not_found: 'prices',
  notification_channel_not_found: 'notification channels',
  notification_delivery_not_found: 'messages of its channel',
  user_not_found: 'users',
  service_account_not_found: 'service accounts',
  team_not_found: 'teams',
  session_not_found: 'sessions',
} as const;

/** The codes of things that have an id and a list. */
export type NotFoundCode = keyof typeof LISTS;

/** Says whether a code is one of those. */
export function isNotFoundCode(code: string): code is NotFoundCode {
  return Object.hasOwn(LISTS, code);
}

/** The one answer for an id that names nothing, whether it could name something or not. */
export function notFound(code: NotFoundCode): CostGuardError {
  return new CostGuardError(code, `Check the id; the list of ${LISTS[code]} has them.`);
}
