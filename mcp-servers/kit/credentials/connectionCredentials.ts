import { z } from 'zod';
import { OpenedCredential } from '../../../core/contracts/credential.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { ToolError } from '../../../core/mcp/toolError.ts';
import type { PlatformClient } from '../platform/createPlatformClient.ts';

/** The credentials that connections have stored in the platform, in this process's memory for a few minutes. */
export interface ConnectionCredentials {
  /**
   * The stored credential of a connection: the same object while it is kept. undefined where the connection has none, and
   * for names that are no connection of the platform; then the environment's default chain is meant.
   *
   * @throws ToolError when that cannot be found out: another account must not be read instead
   */
  find: (connectionId: string, signal: AbortSignal) => Promise<OpenedCredential | undefined>;
  /** A credential that is only there to be tested; it is not kept. @throws ToolError */
  openDraft: (
    connectionId: string,
    draftId: string,
    signal: AbortSignal,
  ) => Promise<OpenedCredential>;
  /** Forgets a credential that the provider refused, so that one that was replaced is used at once. */
  drop: (connectionId: string) => void;
}

// Within this time a replaced or deleted credential is no longer used.
const KEPT_MS = 5 * 60_000;
const NONE_KEPT_MS = 60_000;
const KEPT_MAX = 1_000;
const Uuid = z.uuid();

interface Kept {
  found: OpenedCredential | undefined;
  until: number;
}

/** Asks the platform by this server's own account; without one no connection has a stored credential. */
export function createConnectionCredentials(
  platform: PlatformClient | undefined,
  now: () => Date,
): ConnectionCredentials {
  const kept = new Map<string, Kept>();
  const asked = new Map<string, Promise<OpenedCredential | undefined>>();

  const ask = async (connectionId: string): Promise<OpenedCredential | undefined> => {
    if (platform === undefined) return undefined;
    const found = await open(platform, connectionId, {}).catch((error: unknown) => {
      if (error instanceof CostGuardError && error.code === 'credential_not_found')
        return undefined;
      throw toToolError(error);
    });
    const [oldest] = kept.keys();
    if (kept.size >= KEPT_MAX && oldest !== undefined) kept.delete(oldest);
    const keptMs = found === undefined ? NONE_KEPT_MS : KEPT_MS;
    kept.set(connectionId, { found, until: now().getTime() + keptMs });
    return found;
  };

  return {
    find: async (given, signal) => {
      const connectionId = given.toLowerCase();
      if (platform === undefined || !Uuid.safeParse(connectionId).success) return undefined;
      const known = kept.get(connectionId);
      if (known !== undefined && known.until > now().getTime()) return known.found;
      kept.delete(connectionId);
      // Many calls begin at once; one request is enough for all of them, and goes on when one of them gives up.
      const request =
        asked.get(connectionId) ?? ask(connectionId).finally(() => asked.delete(connectionId));
      asked.set(connectionId, request);
      const found = await request;
      signal.throwIfAborted();
      return found;
    },
    openDraft: async (connectionId, draftId, signal) => {
      if (platform === undefined) throw noAccount();
      return open(platform, connectionId, { draftId }, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw toToolError(error);
      });
    },
    drop: (connectionId) => {
      kept.delete(connectionId.toLowerCase());
      asked.delete(connectionId.toLowerCase());
    },
  };
}

const open = (
  platform: PlatformClient,
  connectionId: string,
  body: { draftId?: string },
  signal?: AbortSignal,
): Promise<OpenedCredential> =>
  platform.ask({
    method: 'POST',
    path: `/api/v1/connections/${connectionId}/credential/open`,
    body,
    reply: OpenedCredential,
    ...(signal === undefined ? {} : { signal }),
  });

function toToolError(error: unknown): ToolError {
  if (!(error instanceof CostGuardError)) throw error;
  if (error.code === 'connection_not_found') {
    return new ToolError(
      'NOT_FOUND',
      'The platform has no such connection of this provider, or this server’s account may not open its credentials. Check the connectionId, and the scopes of the server’s service account.',
      { field: 'connectionId' },
    );
  }
  if (error.code === 'api_unavailable') {
    return new ToolError(
      'UPSTREAM_FAILED',
      'The CostGuard API, which keeps this connection’s credential, did not answer. Call again.',
      {
        cause: error,
        ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
      },
    );
  }
  return new ToolError(
    'UPSTREAM_FAILED',
    `The CostGuard API did not give this connection’s credential: ${error.detail}`,
    { retryable: false, cause: error },
  );
}

const noAccount = (): ToolError =>
  new ToolError(
    'UPSTREAM_FAILED',
    'This server has no service account, so it cannot open stored credentials. Set COSTGUARD_CLIENT_ID and COSTGUARD_CLIENT_SECRET.',
    { retryable: false },
  );
