import { randomUUID } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { mcpAudience, publicApiUrl } from '../../core/config/addresses.ts';
import { ALL_SCOPES, SERVICE_SCOPES, type Scope } from '../../core/contracts/access.ts';
import { CostGuardError } from '../../core/errors.ts';
import { signAccessToken } from '../../core/identity/accessToken.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import {
  createClientSecret,
  saveServiceAccount,
} from '../../db/queries/identity/saveServiceAccount.ts';
import { updateServiceAccount } from '../../db/queries/identity/updateServiceAccount.ts';
import { getSigningKey } from '../../db/queries/identity/signingKeys.ts';
import { loadSecrets } from '../../db/vault/loadSecrets.ts';
import { type Instance, withInstance } from '../instance.ts';

// Tokens of this command belong to an account of their own, so that they can be told apart and locked out together.
const ACCOUNT = 'operator-cli';

/** `costguard token --scopes "…"`: an access token for whoever holds the instance's database and key. */
export function tokenCommand(): Command {
  return new Command('token')
    .description('Print an access token of 15 minutes; needs the instance’s database and key')
    .requiredOption(
      '--scopes <scopes>',
      'space-separated, for instance "anomalies:write costs:read"',
      parseScopes,
    )
    .option('--mcp', 'for the MCP servers instead of the API', false)
    .addHelpText('after', `\nScopes that a service can hold: ${SERVICE_SCOPES.join(', ')}`)
    .action(async (options: { scopes: Scope[]; mcp: boolean }) => {
      const token = await withInstance((instance) => issue(instance, options.scopes, options.mcp));
      process.stdout.write(`${token}\n`);
    });
}

function parseScopes(text: string): Scope[] {
  const scopes = text.split(/[\s,]+/).filter((scope) => scope !== '');
  if (scopes.length === 0) throw new InvalidArgumentError('Name at least one scope.');
  for (const scope of scopes) {
    if (!ALL_SCOPES.includes(scope as Scope))
      throw new InvalidArgumentError(`There is no scope ${scope}.`);
    if (!SERVICE_SCOPES.includes(scope as Scope)) {
      throw new InvalidArgumentError(
        `${scope} can be held by people only: sign in to the dashboard or the API.`,
      );
    }
  }
  return scopes as Scope[];
}

async function issue({ db, env }: Instance, scopes: Scope[], isForMcp: boolean): Promise<string> {
  const { vault } = await loadSecrets(db, env, { create: false });
  const key = await getSigningKey(db, vault);
  const existing = await db
    .selectFrom('service_accounts')
    .selectAll()
    .where('name', '=', ACCOUNT)
    .executeTakeFirst();
  // Nobody knows the secret of this account: it gets tokens by this command only.
  const account =
    existing ??
    (await saveServiceAccount(db, {
      name: ACCOUNT,
      scopes: SERVICE_SCOPES,
      secret: createClientSecret(),
    }));
  if (!account.enabled)
    throw new CostGuardError(
      'forbidden',
      `The service account ${ACCOUNT} is disabled, so its tokens are refused; enable it first.`,
    );
  // Made by an older release, it may lack scopes that there are since.
  if (scopes.some((scope) => !account.scopes.includes(scope))) {
    await updateServiceAccount(db, account, { scopes: SERVICE_SCOPES });
  }
  const jti = randomUUID();
  const scope = scopes.join(' ');
  const audience = isForMcp ? mcpAudience(env) : publicApiUrl(env);
  await db.transaction().execute((tx) =>
    appendAudit(tx, {
      actorKind: 'system',
      actorId: null,
      actorName: 'costguard token',
      operation: 'token.issue',
      subject: `token:${jti}`,
      detail: { scope, audience },
    }),
  );
  return signAccessToken(
    { sub: account.client_id, scope, jti, version: account.token_version },
    key,
    {
      issuer: publicApiUrl(env),
      audience,
      now: new Date(),
    },
  );
}
