import type { Logger } from 'pino';
import type { CredentialInput, PermissionCheck } from '../../../core/contracts/credential.ts';
import type { AccessCheckReply, AccessCheckRequest } from '../../../core/mcp/accessCheck.ts';
import type { ConnectionCredentials } from './connectionCredentials.ts';

/** Who asks for a check, and when to give up. */
export interface CheckCall {
  signal: AbortSignal;
  log: Logger;
}

/** Checks what a connection may do at its provider. @throws ToolError when the credential cannot be had */
export type AccessCheck = (
  request: AccessCheckRequest,
  call: CheckCall,
) => Promise<AccessCheckReply>;

/** What is tried with a credential; undefined for what the environment has. */
export type PermissionChecks = (
  credential: CredentialInput | undefined,
  request: AccessCheckRequest,
  signal: AbortSignal,
) => Promise<PermissionCheck[]>;

/** Checks with the draft that is named, else with the stored credential as it is now, else with the environment's. */
export function createAccessCheck(
  credentials: ConnectionCredentials,
  check: PermissionChecks,
): AccessCheck {
  return async (request, { signal }) => {
    const { connectionId, draftId } = request;
    if (draftId !== undefined) {
      const draft = await credentials.openDraft(connectionId, draftId, signal);
      return { version: null, checks: await check(draft.credential, request, signal) };
    }
    // It may have been replaced a moment ago.
    credentials.drop(connectionId);
    const stored = await credentials.find(connectionId, signal);
    return {
      version: stored?.version ?? null,
      checks: await check(stored?.credential, request, signal),
    };
  };
}
