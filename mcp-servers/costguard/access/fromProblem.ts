import type { Scope } from '../../../core/contracts/access.ts';
import type { Problem } from '../../../core/contracts/problem.ts';
import { ERROR_CODES, isErrorCode, type ErrorCode } from '../../../core/errors.ts';
import { ToolError } from '../../../core/mcp/toolError.ts';

/** What the API refused, and what the request needed. */
export interface Refusal {
  status: number;
  /** undefined where the body is none. */
  problem: Problem | undefined;
  /** `Retry-After`, in milliseconds. */
  retryAfterMs: number | undefined;
  scope: Scope;
}

/** The API's refusal as a tool's. Its `detail` is written for people and holds no secret, so it is handed on. */
export function fromProblem({ status, problem, retryAfterMs, scope }: Refusal): ToolError {
  const code = codeOf(problem);
  const text = textOf(problem);
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 401) {
    return new ToolError(
      'AUTH_EXPIRED',
      'The API does not take the access token (any more). Get a new one and call again.',
    );
  }
  if (status === 403) {
    const what = `This needs the scope ${scope}, which the access token or its account lacks. Ask an admin for it.`;
    return new ToolError('PERMISSION_MISSING', what, { permission: scope });
  }
  if (status === 404) return new ToolError('NOT_FOUND', text);
  if (status === 429) return new ToolError('THROTTLED', text, wait);
  if (status >= 500 || problem === undefined) {
    const cause = new Error(`The API answered ${status}, ${code ?? 'without a problem'}.`);
    return new ToolError('UPSTREAM_FAILED', `The CostGuard API failed. ${text}`, {
      ...wait,
      cause,
    });
  }
  // The first of two equal calls is still running: the same call will be answered in a moment.
  if (code !== undefined && ERROR_CODES[code].retry) return new ToolError('THROTTLED', text, wait);
  if (code === 'unsupported') return new ToolError('UNSUPPORTED', text);
  return new ToolError('INVALID_ARGUMENT', text);
}

function codeOf(problem: Problem | undefined): ErrorCode | undefined {
  const code = problem?.type.replace('urn:costguard:problem:', '');
  return isErrorCode(code) ? code : undefined;
}

function textOf(problem: Problem | undefined): string {
  if (problem === undefined) return 'Try again in a minute.';
  const fields = (problem.errors ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`);
  return [`${problem.title}. ${problem.detail}`, ...fields].join(' ');
}
