import { randomUUID } from 'node:crypto';
import { publicApiUrl } from '../../core/config/addresses.ts';
import type { Role, Scope } from '../../core/contracts/access.ts';
import { signAccessToken } from '../../core/identity/accessToken.ts';
import { hashPassword } from '../../db/passwords/password.ts';
import { insertServiceAccount } from '../../db/queries/identity/insertServiceAccount.ts';
import { createClientSecret } from '../../db/queries/identity/saveServiceAccount.ts';
import { insertUser } from '../../db/queries/identity/users.ts';
import type { Services } from '../../api/services.ts';
import type { CallOptions, TestReply } from './callApi.ts';

/** The password of every person a test adds. */
export const TEST_PASSWORD = 'correct horse battery';

/** A person with a browser session. */
export interface TestUser {
  id: string;
  username: string;
  /** Headers of a browser: the session's cookie and its CSRF token. */
  as: Record<string, string>;
  cookie: string;
  csrfToken: string;
}

/** A service account with a token. */
export interface TestService {
  id: string;
  clientId: string;
  clientSecret: string;
  as: Record<string, string>;
}

/** People and services made for a test. */
export interface TestIdentities {
  addUser: (role: Role, username?: string) => Promise<{ id: string; username: string }>;
  /** Adds a person, or takes the one of that name, and signs them in through the API. */
  signIn: (role: Role, username?: string) => Promise<TestUser>;
  addService: (scopes: readonly Scope[]) => Promise<TestService>;
}

type Call = (method: string, path: string, options?: CallOptions) => Promise<TestReply>;

/** Makes people and services straight in the database; signing in goes through the API. */
export function createTestIdentities(services: Services, call: Call): TestIdentities {
  let passwordHash: Promise<string> | undefined;
  const addUser: TestIdentities['addUser'] = async (role, username) => {
    passwordHash ??= hashPassword(TEST_PASSWORD);
    return insertUser(services.db, {
      username: username ?? `${role}-${randomUUID().slice(0, 8)}`,
      role,
      passwordHash: await passwordHash,
    });
  };
  return {
    addUser,
    signIn: async (role, given) => {
      const { id, username } = await addUser(role, given);
      const reply = await call('POST', '/api/v1/auth/login', {
        body: { username, password: TEST_PASSWORD },
      });
      if (reply.status !== 200) throw new Error(`Signing in failed: ${reply.text}`);
      const cookie = (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
      const { csrfToken } = reply.body as { csrfToken: string };
      return { id, username, cookie, csrfToken, as: { cookie, 'x-csrf-token': csrfToken } };
    },
    addService: async (scopes) => {
      const secret = createClientSecret();
      const account = await insertServiceAccount(services.db, {
        name: `service-${randomUUID().slice(0, 8)}`,
        scopes,
        secret,
      });
      const address = publicApiUrl(services.env);
      const token = await signAccessToken(
        { sub: account.client_id, scope: scopes.join(' '), jti: randomUUID() },
        await services.tokenKeys.signing(),
        { issuer: address, audience: address, now: services.now() },
      );
      return {
        id: account.id,
        clientId: account.client_id,
        clientSecret: secret.secret,
        as: { authorization: `Bearer ${token}` },
      };
    },
  };
}
