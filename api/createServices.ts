import type pg from 'pg';
import { createSignInLimits } from '../db/rateLimits/createSignInLimits.ts';
import { storeCalls } from '../db/queries/llm/storeCalls.ts';
import type { Viewers } from '../db/viewers/connectViewers.ts';
import { createAccountCache } from './identity/accountCache.ts';
import { openOidc } from './identity/oidc/openOidc.ts';
import { createRevokedTokens } from './identity/revokedTokens.ts';
import { createTokenKeys } from './identity/tokenKeys.ts';
import { createTokenVerifier } from './identity/tokenVerifier.ts';
import type { Services } from './services.ts';
import { createViews } from './teams/createViews.ts';
import { createCallQueue } from './usage/llm/callQueue.ts';

/** What the API is connected to. */
export interface Connections extends Pick<
  Services,
  'env' | 'db' | 'temporal' | 'vault' | 'keyring' | 'changes' | 'log' | 'now'
> {
  pool: pg.Pool;
  viewers: Viewers;
}

/** All that operations use, on top of what the API is connected to. */
export function createServices({ viewers, ...given }: Connections): Services {
  const { changes, db, env, now, pool, vault } = given;
  const tokenKeys = createTokenKeys(db, vault);
  return {
    ...given,
    tokenKeys,
    verifyToken: createTokenVerifier(tokenKeys),
    accounts: createAccountCache(db),
    revokedTokens: createRevokedTokens(db),
    views: createViews({ env, db, viewers, changes }),
    signInLimits: createSignInLimits(pool),
    oidc: openOidc(env, now),
    llmCalls: createCallQueue((calls) => storeCalls(pool, calls)),
  };
}
