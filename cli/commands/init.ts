import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import type { Scope } from '../../core/contracts/access.ts';
import { FIRST_ADMIN } from '../../core/identity/firstAdmin.ts';
import { migrate } from '../../db/migrate.ts';
import { hashPassword } from '../../db/passwords/password.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import {
  createClientSecret,
  saveServiceAccount,
} from '../../db/queries/identity/saveServiceAccount.ts';
import { ensureSigningKey } from '../../db/queries/identity/signingKeys.ts';
import { insertUser } from '../../db/queries/identity/users.ts';
import { formatPayloadKeys } from '../../db/payloads/payloadKeys.ts';
import { handOutPayloadKeys } from '../../db/queries/payloadKeys/handOutPayloadKeys.ts';
import { loadSecrets } from '../../db/vault/loadSecrets.ts';
import { type Instance, withInstance } from '../instance.ts';

const MCP_SERVER: Scope[] = ['tokens:introspect', 'audit:write'];

/** What each part may do, and no more: a provider's server opens only that provider's credentials. */
export const SERVICE_ACCOUNTS: Record<string, Scope[]> = {
  detective: [
    'anomalies:read',
    'anomalies:write',
    'actions:propose',
    'mcp:read',
    'maintenance:run',
    'notifications:send',
  ],
  llm: ['anomalies:write', 'actions:propose', 'mcp:read'],
  action: [
    'credentials:aws',
    'credentials:gcp',
    'credentials:azure',
    'credentials:openai',
    'credentials:anthropic',
  ],
  // It calls no API; the account is how it gets the keys of workflow payloads.
  backup: [],
  'aws-cost': [...MCP_SERVER, 'credentials:aws'],
  'gcp-billing': [...MCP_SERVER, 'credentials:gcp'],
  'azure-cost': [...MCP_SERVER, 'credentials:azure'],
  'llm-tracker': [...MCP_SERVER, 'credentials:openai', 'credentials:anthropic'],
  costguard: ['mcp:exchange', 'tokens:introspect'],
  // Nobody signs in as it: the API itself asks the providers' servers for checks in this name.
  api: ['credentials:write'],
};

interface InitResult {
  /** Only when this start made the first admin without COSTGUARD_ADMIN_PASSWORD. */
  adminPassword?: string;
  serviceAccounts: Record<
    string,
    {
      clientId: string;
      clientSecret: string;
      /** COSTGUARD_PAYLOAD_KEYS, for the workers only: the API has the vault. */
      payloadKeys?: string;
    }
  >;
}

/** Whose parts run workflows or their activities. */
const WORKERS = ['detective', 'llm', 'action', 'backup'];

/** `costguard init`: what a start needs before its parts; prints one line of JSON with secrets, for the launcher. */
export function initCommand(): Command {
  return new Command('init')
    .description(
      'Migrate, make what is missing (keys, the first admin), give the workers new client secrets; prints them as one line of JSON',
    )
    .action(async () => {
      const result = await withInstance(init);
      process.stdout.write(`${JSON.stringify(result)}\n`);
    });
}

async function init(instance: Instance): Promise<InitResult> {
  await migrate(instance.databaseUrl, instance.env.MIGRATION_DATABASE_URL);
  const { db, env } = instance;
  const keys = await db.selectFrom('signing_keys').select('kid').limit(1).execute();
  // A key file is made only for a database that holds nothing sealed yet: a lost one must be noticed.
  const { vault } = await loadSecrets(db, env, { create: keys.length === 0 });
  await ensureSigningKey(db, vault);
  const payloadKeys = formatPayloadKeys(await handOutPayloadKeys(db, vault));
  const adminPassword = await ensureAdmin(instance);
  const serviceAccounts: InitResult['serviceAccounts'] = {};
  for (const [name, scopes] of Object.entries(SERVICE_ACCOUNTS)) {
    const secret = createClientSecret();
    const account = await saveServiceAccount(db, { name, scopes, secret });
    serviceAccounts[name] = {
      clientId: account.client_id,
      clientSecret: secret.secret,
      ...(WORKERS.includes(name) && { payloadKeys }),
    };
  }
  return { ...(adminPassword === undefined ? {} : { adminPassword }), serviceAccounts };
}

/** Makes the user `admin` where there is no user; returns the password it made up, if it did. */
async function ensureAdmin({ db, env }: Instance): Promise<string | undefined> {
  const existing = await db.selectFrom('users').select('id').limit(1).execute();
  if (existing.length > 0) return undefined;
  const password = env.COSTGUARD_ADMIN_PASSWORD ?? randomBytes(15).toString('base64url');
  const passwordHash = await hashPassword(password);
  await db.transaction().execute(async (tx) => {
    const user = await insertUser(tx, { username: FIRST_ADMIN, role: 'admin', passwordHash });
    await appendAudit(tx, {
      actorKind: 'system',
      actorId: null,
      actorName: 'first start',
      operation: 'user.create',
      subject: `user:${user.id}`,
      detail: { username: FIRST_ADMIN, role: 'admin' },
    });
  });
  return env.COSTGUARD_ADMIN_PASSWORD === undefined ? password : undefined;
}
