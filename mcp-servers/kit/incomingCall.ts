import type { ServerContext } from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import type { CloudCallLog } from './audit/createCloudCallLog.ts';
import type { IncomingCall } from './runCall.ts';

/** A call of the protocol as the kit runs it. */
export function toIncomingCall(
  ctx: ServerContext,
  admit: (caller: string) => void,
  log: Logger,
  cloudCalls?: CloudCallLog,
): IncomingCall {
  const authInfo = ctx.http?.authInfo;
  return {
    caller: authInfo?.clientId ?? 'local',
    admit,
    cloudCalls,
    signal: ctx.mcpReq.signal,
    tenant: tenantOf(authInfo?.extra),
    log,
    progress: progressOf(ctx, log),
    ...(authInfo === undefined ? {} : { token: authInfo.token }),
  };
}

function progressOf({ mcpReq }: ServerContext, log: Logger): () => void {
  const progressToken = mcpReq._meta?.progressToken;
  let progress = 0;
  return () => {
    if (progressToken === undefined) return;
    progress += 1;
    mcpReq
      .notify({ method: 'notifications/progress', params: { progressToken, progress } })
      .catch((error: unknown) => log.debug({ err: error }, 'progress not sent'));
  };
}

const tenantOf = (extra: Record<string, unknown> | undefined): string =>
  typeof extra?.['tenant'] === 'string' ? extra['tenant'] : 'default';
