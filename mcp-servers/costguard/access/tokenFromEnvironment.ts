import { ToolError } from '../../../core/mcp/toolError.ts';
import type { AccessTokens } from './accessTokens.ts';

/** The one token of the server's environment, for a host that starts the server for one person. */
export function tokenFromEnvironment(token: string | undefined): AccessTokens {
  return {
    get: (_call, refused) => {
      if (token === undefined) return Promise.reject(needed('There is no access token.'));
      if (refused !== undefined) {
        return Promise.reject(needed('The API does not take the access token (any more).'));
      }
      return Promise.resolve(token);
    },
  };
}

const needed = (what: string): ToolError =>
  new ToolError(
    'AUTH_EXPIRED',
    `${what} Get one with costguard token --scopes "costs:read anomalies:read actions:read connections:read budgets:read actions:propose" (it lasts 15 minutes), or at /oauth/token with a service account; set it as COSTGUARD_TOKEN and start this server again.`,
  );
