import { randomUUID } from 'node:crypto';
import { costMcpUrl, mcpAudience, publicApiUrl } from '../../core/config/addresses.ts';
import type { Scope } from '../../core/contracts/access.ts';
import { CostGuardError } from '../../core/errors.ts';
import { signAccessToken } from '../../core/identity/accessToken.ts';
import {
  ACCESS_CHECK_PATH,
  AccessCheckReply,
  type AccessCheckRequest,
} from '../../core/mcp/accessCheck.ts';
import {
  createClientSecret,
  saveServiceAccount,
} from '../../db/queries/identity/saveServiceAccount.ts';
import type { Services } from '../services.ts';

type Asking = Pick<Services, 'db' | 'env' | 'tokenKeys' | 'now'>;

const ACCOUNT = 'api';
const SCOPES: Scope[] = ['credentials:write'];
const TOKEN_SECONDS = 60;
// The server gives up one request after 20 s, and makes several at once.
const TIMEOUT_MS = 90_000;

/**
 * Has the MCP server of a provider check what a connection may do.
 *
 * @throws CostGuardError `provider_unavailable` when the server is away or does not know such checks
 */
export async function askAccessCheck(
  services: Asking,
  request: AccessCheckRequest,
): Promise<AccessCheckReply> {
  const { origin } = new URL(costMcpUrl(services.env, request.provider));
  const token = await ownToken(services);
  const reply = await fetch(`${origin}${ACCESS_CHECK_PATH}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(request),
    // The token is for this server only.
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw away(request, { cause });
  });
  const answer = AccessCheckReply.safeParse(await reply.json().catch(() => undefined));
  if (reply.ok && answer.success) return answer.data;
  throw away(request, { internal: { status: reply.status } });
}

/** The API calls in its own name: an account that only it can sign for, since nobody knows its secret. */
async function ownToken({ db, env, tokenKeys, now }: Asking): Promise<string> {
  const existing = await db
    .selectFrom('service_accounts')
    .select('client_id')
    .where('name', '=', ACCOUNT)
    .executeTakeFirst();
  const account =
    existing ??
    (await saveServiceAccount(db, { name: ACCOUNT, scopes: SCOPES, secret: createClientSecret() }));
  return signAccessToken(
    { sub: account.client_id, scope: SCOPES.join(' '), jti: randomUUID() },
    await tokenKeys.signing(),
    {
      issuer: publicApiUrl(env),
      audience: mcpAudience(env),
      now: now(),
      seconds: TOKEN_SECONDS,
    },
  );
}

function away(
  { provider }: AccessCheckRequest,
  options: ConstructorParameters<typeof CostGuardError>[2],
): CostGuardError {
  return new CostGuardError(
    'provider_unavailable',
    `The MCP server that reads ${provider} did not carry out the check. See that it runs, in the same version as the API, and that its *_MCP_URL is right; its log has the reason.`,
    options,
  );
}
