/**
 * Every way in which CostGuard refuses or fails, by stable code. `retry` says whether the same call can succeed later
 * without a person doing anything; Temporal activities map it to retryable or non-retryable failures.
 */
export const ERROR_CODES = {
  invalid_request: { title: 'The request is not valid', retry: false },
  body_too_large: { title: 'The request body is too large', retry: false },
  unsupported_media_type: {
    title: 'The request body has a type that is not supported',
    retry: false,
  },
  unauthenticated: { title: 'Sign in or send a valid access token', retry: false },
  sign_in_failed: { title: 'The user name or the password is not right', retry: false },
  too_many_requests: { title: 'Too many requests', retry: true },
  csrf_failed: { title: 'The request does not carry the session’s CSRF token', retry: false },
  forbidden: { title: 'You are not allowed to do this', retry: false },
  not_found: { title: 'There is nothing at this address', retry: false },
  method_not_allowed: { title: 'This address does not offer that method', retry: false },
  anomaly_not_found: { title: 'The anomaly does not exist', retry: false },
  action_not_found: { title: 'The action does not exist', retry: false },
  connection_not_found: { title: 'The connection does not exist', retry: false },
  credential_not_found: { title: 'The connection has no stored credential', retry: false },
  policy_not_found: { title: 'The policy does not exist', retry: false },
  budget_not_found: { title: 'The budget does not exist', retry: false },
  llm_price_not_found: { title: 'The price does not exist', retry: false },
  notification_delivery_not_found: {
    title: 'The message does not exist or is settled',
    retry: false,
  },
  notification_channel_not_found: {
    title: 'The notification channel does not exist',
    retry: false,
  },
  user_not_found: { title: 'The user does not exist', retry: false },
  team_not_found: { title: 'The team does not exist', retry: false },
  session_not_found: { title: 'The session does not exist', retry: false },
  wrong_password: { title: 'The current password is not right', retry: false },
  credential_of_other_provider: { title: 'The credential is of another provider', retry: false },
  password_refused: { title: 'The password is too easy to guess', retry: false },
  password_change_required: { title: 'The one-time password has to be changed', retry: false },
  oidc_failed: { title: 'The sign-in at the identity provider did not work', retry: false },
  oidc_expired: { title: 'The sign-in took too long or began in another browser', retry: false },
  oidc_no_role: { title: 'The identity provider gives you no role here', retry: false },
  oidc_unavailable: { title: 'The identity provider could not be reached', retry: true },
  managed_by_provider: { title: 'The identity provider decides this', retry: false },
  service_account_not_found: { title: 'The service account does not exist', retry: false },
  service_account_managed: {
    title: 'The service account belongs to a part of the platform',
    retry: false,
  },
  name_taken: { title: 'The name is already in use', retry: false },
  idempotency_key_reused: {
    title: 'The idempotency key was used before with another request',
    retry: false,
  },
  idempotency_key_in_use: {
    title: 'The first request with this idempotency key is still running',
    retry: true,
  },
  action_wrong_state: { title: 'The action is not in a state that allows this', retry: false },
  action_open_for_resource: {
    title: 'Another action on this resource is still open',
    retry: false,
  },
  proposal_quiet: { title: 'The same was proposed lately, and not wanted', retry: false },
  action_plan_changed: { title: 'The plan is not the one that was shown', retry: false },
  policy_refused: { title: 'A policy does not allow this', retry: false },
  already_approved: { title: 'The same person cannot approve twice', retry: false },
  proposer_cannot_decide: { title: 'Whoever proposed an action cannot approve it', retry: false },
  connection_read_only: { title: 'The connection does not allow actions', retry: false },
  connection_in_use: { title: 'The connection still has something that needs it', retry: false },
  reseed_refused: { title: 'The database cannot be re-seeded', retry: false },
  resource_not_found: { title: 'The resource does not exist at the provider', retry: false },
  resource_changed: { title: 'The resource changed since the plan was shown', retry: false },
  resize_not_supported: { title: 'The instance cannot be resized like this', retry: false },
  change_not_possible: { title: 'The resource cannot be changed like this', retry: false },
  key_not_limitable: { title: 'The API key cannot be limited like this', retry: false },
  resource_busy: { title: 'The resource is still changing', retry: true },
  capacity_unavailable: { title: 'The provider has no capacity for this type now', retry: false },
  quota_exceeded: { title: 'A quota of the provider account is used up', retry: false },
  permission_missing: { title: 'The credentials lack a permission', retry: false },
  credentials_rejected: { title: 'The provider rejected the credentials', retry: false },
  provider_throttled: { title: 'The provider asked us to slow down', retry: true },
  provider_unavailable: { title: 'The provider could not be reached', retry: true },
  provider_answer_invalid: { title: 'The provider’s answer is not usable', retry: false },
  provider_refused: { title: 'The provider refused the request', retry: false },
  call_budget_exhausted: { title: 'The budget for paid provider calls is used up', retry: false },
  unsupported: { title: 'This source cannot answer that', retry: false },
  currency_mismatch: { title: 'Amounts in different currencies cannot be combined', retry: false },
  notification_refused: { title: 'The receiver refused the message', retry: false },
  notification_address_refused: {
    title: 'Messages are not sent to private or unencrypted addresses',
    retry: false,
  },
  notification_undelivered: { title: 'The receiver could not take the message now', retry: true },
  config_invalid: { title: 'The configuration is not valid', retry: false },
  key_unavailable: {
    title: 'The key that protects stored secrets is missing or wrong',
    retry: false,
  },
  payload_unreadable: { title: 'A workflow payload cannot be decrypted', retry: false },
  backup_unusable: { title: 'The backup cannot be used', retry: false },
  backup_not_found: { title: 'The backup does not exist', retry: false },
  backup_storage_unavailable: { title: 'The storage of backups did not answer', retry: true },
  backup_storage_refused: { title: 'The storage of backups refused', retry: false },
  backup_tool_missing: { title: 'pg_dump or pg_restore is missing or too old', retry: false },
  backup_failed: { title: 'The backup could not be made or restored', retry: true },
  database_not_empty: { title: 'The database is in use', retry: false },
  schedule_missing: { title: 'The connection has no schedule yet', retry: true },
  workflow_unavailable: { title: 'The workflow engine did not answer in time', retry: true },
  api_unavailable: { title: 'The CostGuard API could not be reached', retry: true },
  database_unavailable: { title: 'The database could not be reached', retry: true },
  unexpected: { title: 'Something went wrong that should not have', retry: true },
} as const satisfies Record<string, { title: string; retry: boolean }>;

/** A stable error code; also the last part of the problem type `urn:costguard:problem:<code>`. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** One wrong field of a request; `pointer` is an RFC 6901 JSON pointer such as `/series/0/cost`. */
export interface FieldError {
  pointer: string;
  detail: string;
}

interface ErrorOptions {
  /** The error underneath; goes to the log, never to a client or a workflow history. */
  cause?: unknown;
  /** Wrong fields of the request, for `invalid_request`. */
  errors?: FieldError[];
  /** Facts for the log only. */
  internal?: Record<string, unknown>;
  /** Milliseconds that the other side asked us to wait. */
  retryAfterMs?: number;
}

/**
 * The one error class of the product. `detail` is public: it says what to do next and holds no secret and no provider
 * message; those go to the log through `cause` and `internal`.
 */
export class CostGuardError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly errors: FieldError[] | undefined;
  readonly internal: Record<string, unknown> | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, detail: string, options: ErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CostGuardError';
    this.code = code;
    this.detail = detail;
    this.errors = options.errors;
    this.internal = options.internal;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Says whether a string, for instance the `type` of a Temporal failure, is one of our codes. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CODES, value);
}
