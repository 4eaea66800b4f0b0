import { z } from 'zod';
import { CostGuardError, type ErrorCode } from '../errors.ts';

/**
 * Every way in which a tool of an MCP server refuses or fails, as it stands in `_meta["ai.costguard/error"]`. `retryable`
 * is the usual answer to "can the same call succeed later by itself?"; an error may say otherwise. `code` is the
 * product's own code for it.
 */
export const TOOL_ERRORS = {
  INVALID_ARGUMENT: { retryable: false, code: 'invalid_request' },
  UNSUPPORTED: { retryable: false, code: 'unsupported' },
  NOT_FOUND: { retryable: false, code: 'resource_not_found' },
  AUTH_EXPIRED: { retryable: false, code: 'credentials_rejected' },
  PERMISSION_MISSING: { retryable: false, code: 'permission_missing' },
  THROTTLED: { retryable: true, code: 'provider_throttled' },
  BUDGET_EXHAUSTED: { retryable: false, code: 'call_budget_exhausted' },
  UPSTREAM_FAILED: { retryable: true, code: 'provider_unavailable' },
  TIMEOUT: { retryable: true, code: 'provider_unavailable' },
  CURSOR_EXPIRED: { retryable: false, code: 'invalid_request' },
  RESULT_TOO_LARGE: { retryable: false, code: 'invalid_request' },
} as const satisfies Record<string, { retryable: boolean; code: ErrorCode }>;

/** A stable error code of the MCP tools. */
export type ToolErrorCode = keyof typeof TOOL_ERRORS;

/** The key under which a result's `_meta` carries a {@link ToolErrorMeta}. */
export const TOOL_ERROR_META_KEY = 'ai.costguard/error';

/** The machine's half of a tool error; the text of the result is the person's half. */
export const ToolErrorMeta = z.object({
  code: z.enum(Object.keys(TOOL_ERRORS) as [ToolErrorCode, ...ToolErrorCode[]]),
  retryable: z.boolean(),
  /** Milliseconds to wait before the same call makes sense. */
  retryAfterMs: z.int().nonnegative().optional(),
  /** Dotted path of the argument that is wrong, for instance `period.end`. */
  field: z.string().optional(),
  /** The provider's name of the missing permission, for instance `ce:GetCostAndUsage`. */
  permission: z.string().optional(),
});

/** The machine's half of a tool error. */
export type ToolErrorMeta = z.infer<typeof ToolErrorMeta>;

interface ToolErrorOptions {
  retryable?: boolean;
  retryAfterMs?: number;
  field?: string;
  permission?: string;
  /** The error underneath; goes to the server's log, never to the caller. */
  cause?: unknown;
}

/**
 * A refusal or failure of a tool. `message` is public and says what happened, why, and what to do; it holds no text of
 * the provider, no ARN and no credential.
 */
export class ToolError extends Error {
  readonly meta: ToolErrorMeta;

  constructor(code: ToolErrorCode, message: string, options: ToolErrorOptions = {}) {
    const { cause, retryable = TOOL_ERRORS[code].retryable, ...rest } = options;
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ToolError';
    this.meta = { code, retryable, ...rest };
  }
}

/**
 * The product's error for a failed tool call, for the side that called: `text` is the result's text, which the server
 * keeps free of provider messages. A failure of the provider that cannot succeed later is `provider_answer_invalid`.
 */
export function fromToolError(meta: ToolErrorMeta, text: string): CostGuardError {
  const code =
    meta.code === 'UPSTREAM_FAILED' && !meta.retryable
      ? 'provider_answer_invalid'
      : TOOL_ERRORS[meta.code].code;
  return new CostGuardError(code, text, {
    ...(meta.retryAfterMs === undefined ? {} : { retryAfterMs: meta.retryAfterMs }),
    ...(meta.field === undefined
      ? {}
      : { errors: [{ pointer: `/${meta.field.replaceAll('.', '/')}`, detail: text }] }),
    internal: { tool: meta },
  });
}
