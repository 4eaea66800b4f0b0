import type { Client } from '@temporalio/client';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Env } from '../core/config/env.ts';
import type { Provider } from '../core/contracts/scalars.ts';
import type { Database } from '../db/connect.ts';
import type { SignInLimits } from '../db/rateLimits/createSignInLimits.ts';
import type { Keyring } from '../db/vault/kek.ts';
import type { Vault } from '../db/vault/vault.ts';
import type { OidcProvider } from './identity/oidc/createOidcProvider.ts';
import type { ChangeFeed } from './system/changeFeed.ts';
import type { Lookup } from './system/sharedLookup.ts';
import type { AccountCache } from './identity/accountCache.ts';
import type { RevokedTokens } from './identity/revokedTokens.ts';
import type { Views } from './teams/createViews.ts';
import type { TokenKeys } from './identity/tokenKeys.ts';
import type { VerifyToken } from './identity/tokenVerifier.ts';
import type { PayloadReader } from './workflows/createPayloadReader.ts';
import type { CallQueue } from './usage/llm/callQueue.ts';

/** What every operation may use; made once by the entry point. The API holds no state of its own beyond caches. */
export interface Services {
  env: Env;
  db: Database;
  pool: pg.Pool;
  temporal: Client;
  vault: Vault;
  /** Wraps the data keys of connections' credentials. */
  keyring: Keyring;
  tokenKeys: TokenKeys;
  verifyToken: VerifyToken;
  accounts: AccountCache;
  /** The provider of each of some connections, by id. */
  providers: Lookup<Provider>;
  revokedTokens: RevokedTokens;
  signInLimits: SignInLimits;
  /** undefined where people sign in with passwords only. */
  oidc: OidcProvider | undefined;
  changes: ChangeFeed;
  views: Views;
  llmCalls: CallQueue;
  /** Opens what Temporal holds encrypted. */
  payloads: PayloadReader;
  log: Logger;
  now: () => Date;
}
