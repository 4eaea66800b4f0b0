import type { Problem } from '../../core/contracts/problem.ts';
import { type CostGuardError, ERROR_CODES, type ErrorCode } from '../../core/errors.ts';

/** The HTTP status of each error code; leave one out and it does not compile. */
export const STATUS = {
  invalid_request: 400,
  body_too_large: 413,
  unsupported_media_type: 415,
  unauthenticated: 401,
  sign_in_failed: 401,
  too_many_requests: 429,
  csrf_failed: 403,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  anomaly_not_found: 404,
  action_not_found: 404,
  connection_not_found: 404,
  user_not_found: 404,
  service_account_not_found: 404,
  name_taken: 409,
  idempotency_key_reused: 422,
  idempotency_key_in_use: 409,
  action_wrong_state: 409,
  action_open_for_resource: 409,
  action_plan_changed: 409,
  proposer_cannot_decide: 403,
  connection_read_only: 409,
  connection_in_use: 409,
  reseed_refused: 409,
  resource_not_found: 404,
  resource_changed: 409,
  resize_not_supported: 422,
  resource_busy: 409,
  capacity_unavailable: 503,
  quota_exceeded: 409,
  permission_missing: 502,
  credentials_rejected: 502,
  provider_throttled: 503,
  provider_unavailable: 503,
  provider_answer_invalid: 502,
  provider_refused: 502,
  call_budget_exhausted: 503,
  unsupported: 422,
  currency_mismatch: 422,
  config_invalid: 500,
  key_unavailable: 500,
  workflow_unavailable: 503,
  api_unavailable: 503,
  database_unavailable: 503,
  unexpected: 500,
} as const satisfies Record<ErrorCode, number>;

/** The RFC 9457 body of an error; its `type` is stable, its `detail` is for a person. */
export function toProblem(error: CostGuardError, requestId: string): Problem {
  return {
    type: `urn:costguard:problem:${error.code}`,
    title: ERROR_CODES[error.code].title,
    status: STATUS[error.code],
    detail: error.detail,
    ...(error.errors === undefined ? {} : { errors: error.errors }),
    requestId,
  };
}
