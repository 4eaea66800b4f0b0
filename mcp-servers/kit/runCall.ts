import type { Logger } from 'pino';
import { ToolError } from '../../core/mcp/toolError.ts';
import { withCloudCalls } from './audit/cloudCallScope.ts';
import type { CloudCallLog } from './audit/createCloudCallLog.ts';
import type { ToolCall } from './defineTool.ts';

/** Longest time one call may take, whatever its caller says. */
export const TOOL_CALL_TIMEOUT_MS = 110_000;

/** A call as it comes from the protocol. */
export interface IncomingCall extends ToolCall {
  /** Who calls, for the rate limit. */
  caller: string;
  /** Takes the call from the caller's rate. @throws ToolError `THROTTLED` */
  admit: (caller: string) => void;
  /** Takes down what is asked of the provider; none where there is no platform to tell. */
  cloudCalls?: CloudCallLog | undefined;
}

/**
 * Runs what a call asks for, within its caller's rate and the deadline; one log line for each call, with `what` was
 * called but not its arguments.
 *
 * @throws ToolError whatever went wrong
 */
export async function runCall<T>(
  what: Record<string, string>,
  { caller, admit, cloudCalls, ...call }: IncomingCall,
  run: (call: ToolCall) => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const deadline = AbortSignal.timeout(TOOL_CALL_TIMEOUT_MS);
  const log = call.log.child({ ...what, caller });
  const done = (code: string) => {
    log.info({ code, ms: Math.round(performance.now() - started) }, 'call');
  };
  try {
    admit(caller);
    const signal = AbortSignal.any([call.signal, deadline]);
    const scope = { tool: Object.values(what).join(' '), caller, log: cloudCalls };
    const output = await withCloudCalls(scope, () => run({ ...call, signal, log }));
    done('ok');
    return output;
  } catch (error) {
    const failure = call.signal.aborted ? CANCELLED : toToolError(error, deadline.aborted, log);
    done(call.signal.aborted ? 'cancelled' : failure.meta.code);
    throw failure;
  }
}

// Nobody reads it any more; it only gives the ended call a form.
const CANCELLED = new ToolError('TIMEOUT', 'The call was cancelled by its caller.');

function toToolError(error: unknown, timedOut: boolean, log: Logger): ToolError {
  if (timedOut) {
    return new ToolError(
      'TIMEOUT',
      `The call took longer than ${TOOL_CALL_TIMEOUT_MS / 1000} s and was ended. Ask for a shorter period or fewer groups.`,
    );
  }
  if (error instanceof ToolError) {
    if (error.cause !== undefined) log.warn({ err: error.cause, code: error.meta.code }, 'failed');
    return error;
  }
  log.error({ err: error }, 'a call failed unexpectedly');
  return new ToolError(
    'UPSTREAM_FAILED',
    'The server failed unexpectedly; its log has the reason. Try again, and report it if it stays.',
  );
}
