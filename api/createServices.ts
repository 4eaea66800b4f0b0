import type { PayloadCodec } from '@temporalio/common';
import type pg from 'pg';
import { readProviders } from '../db/queries/connections/readProviders.ts';
import { createSignInLimits } from '../db/rateLimits/createSignInLimits.ts';
import { storeCalls } from '../db/queries/llm/storeCalls.ts';
import type { Viewers } from '../db/viewers/connectViewers.ts';
import { createAccountCache } from './identity/accountCache.ts';
import { createSharedLookup } from './system/sharedLookup.ts';
import { openOidc } from './identity/oidc/openOidc.ts';
import { createRevokedTokens } from './identity/revokedTokens.ts';
import { createTokenKeys } from './identity/tokenKeys.ts';
import { createTokenVerifier } from './identity/tokenVerifier.ts';
import type { Services } from './services.ts';
import { createViews } from './teams/createViews.ts';
import { createPayloadReader } from './workflows/createPayloadReader.ts';
import { createCallQueue } from './usage/llm/callQueue.ts';

/** What the API is connected to. */
export interface Connections extends Pick<
  Services,
  'env' | 'db' | 'temporal' | 'vault' | 'keyring' | 'changes' | 'log' | 'now'
> {
  pool: pg.Pool;
  viewers: Viewers;
  payloadCodec: PayloadCodec;
}

/** All that operations use, on top of what the API is connected to. */
export function createServices({ viewers, payloadCodec, ...given }: Connections): Services {
  const { changes, db, env, now, pool, vault } = given;
  const tokenKeys = createTokenKeys(db, vault);
  return {
    ...given,
    tokenKeys,
    verifyToken: createTokenVerifier(tokenKeys),
    accounts: createAccountCache(db),
    providers: createSharedLookup((ids) => readProviders(db, ids)),
    revokedTokens: createRevokedTokens(db),
    views: createViews({ env, db, viewers, changes }),
    signInLimits: createSignInLimits(pool),
    oidc: openOidc(env, now),
    payloads: createPayloadReader(payloadCodec),
    llmCalls: createCallQueue((calls) => storeCalls(pool, calls)),
  };
}
