import { expect, test } from 'vitest';
import { EnvSchema, parseEnv } from '../../core/config/env.ts';
import { MCP_SERVERS } from './mcpServers.ts';
import { frontSpecs, type PartFrame, workerSpecs } from './partSpecs.ts';

const SECRETS = {
  DATABASE_URL: 'postgresql://db/costguard',
  MIGRATION_DATABASE_URL: 'postgresql://admin@db/costguard',
  COSTGUARD_KEK: 'kek',
  COSTGUARD_ADMIN_PASSWORD: 'admin password',
  AWS_SECRET_ACCESS_KEY: 'secret of aws',
  GOOGLE_APPLICATION_CREDENTIALS: '/credentials of google',
  AZURE_CLIENT_SECRET: 'secret of azure',
  OPENAI_ADMIN_KEY: 'key of openai',
  ANTHROPIC_ADMIN_KEY: 'key of anthropic',
  COSTGUARD_TOKEN: 'token of a person',
  BACKUP_KEY: 'key of backups',
  BACKUP_S3_SECRET_ACCESS_KEY: 'secret of the bucket',
  OIDC_CLIENT_SECRET: 'secret of the sign-in',
  COSTGUARD_CLIENT_SECRET: 'somebody else’s',
  COSTGUARD_PAYLOAD_KEYS: 'keys of another installation',
};

const WORKERS = ['detective', 'llm', 'action', 'backup'];

const frame: PartFrame = {
  env: parseEnv({}),
  source: { PATH: '/bin', ...SECRETS },
  settings: { COSTGUARD_HOME: '/home' },
  backups: {},
  serviceAccounts: Object.fromEntries(
    [...WORKERS, ...MCP_SERVERS.map(({ name }) => name)].map((name) => [
      name,
      {
        clientId: `id of ${name}`,
        clientSecret: `own of ${name}`,
        ...(WORKERS.includes(name) && { payloadKeys: 'own payload keys' }),
      },
    ]),
  ),
};
const specs = [...frontSpecs(frame), ...workerSpecs(frame)];

test.each([
  ['aws-cost', ['AWS_SECRET_ACCESS_KEY', 'COSTGUARD_CLIENT_SECRET']],
  ['gcp-billing', ['GOOGLE_APPLICATION_CREDENTIALS', 'COSTGUARD_CLIENT_SECRET']],
  ['azure-cost', ['AZURE_CLIENT_SECRET', 'COSTGUARD_CLIENT_SECRET']],
  ['llm-tracker', ['OPENAI_ADMIN_KEY', 'ANTHROPIC_ADMIN_KEY', 'COSTGUARD_CLIENT_SECRET']],
  ['costguard', ['COSTGUARD_CLIENT_SECRET']],
  ['api', ['DATABASE_URL', 'COSTGUARD_KEK', 'OIDC_CLIENT_SECRET']],
  ['dashboard', []],
  ['detective', ['DATABASE_URL', 'COSTGUARD_CLIENT_SECRET', 'COSTGUARD_PAYLOAD_KEYS']],
  ['llm', ['DATABASE_URL', 'COSTGUARD_CLIENT_SECRET', 'COSTGUARD_PAYLOAD_KEYS']],
  [
    'backup',
    [
      'DATABASE_URL',
      'BACKUP_KEY',
      'BACKUP_S3_SECRET_ACCESS_KEY',
      'COSTGUARD_CLIENT_SECRET',
      'COSTGUARD_PAYLOAD_KEYS',
    ],
  ],
  [
    'action',
    [
      'DATABASE_URL',
      'AWS_SECRET_ACCESS_KEY',
      'GOOGLE_APPLICATION_CREDENTIALS',
      'AZURE_CLIENT_SECRET',
      'OPENAI_ADMIN_KEY',
      'ANTHROPIC_ADMIN_KEY',
      'COSTGUARD_CLIENT_SECRET',
      'COSTGUARD_PAYLOAD_KEYS',
    ],
  ],
])('%s gets only the secrets that it needs', (name, expected) => {
  const env = specs.find((spec) => spec.name === name)?.env ?? {};
  const given = Object.keys(SECRETS).filter((secret) => env[secret] !== undefined);
  expect(given).toEqual(expected);
  expect(env).toMatchObject({ PATH: '/bin', COSTGUARD_HOME: '/home' });
});

test('each part signs in as itself: no two share a client secret, and nobody has another’s', () => {
  const own = specs.flatMap(({ name, env }) =>
    env['COSTGUARD_CLIENT_SECRET'] === undefined ? [] : [[name, env['COSTGUARD_CLIENT_SECRET']]],
  );
  expect(own.map(([name]) => name).sort()).toEqual(Object.keys(frame.serviceAccounts).sort());
  for (const [name, secret] of own) expect(secret).toBe(`own of ${name ?? ''}`);
});

test('the keys of workflow payloads go to the workers alone, and are those of this database', () => {
  const held = specs.flatMap(({ name, env }) =>
    env['COSTGUARD_PAYLOAD_KEYS'] === undefined ? [] : [[name, env['COSTGUARD_PAYLOAD_KEYS']]],
  );
  expect(held).toEqual(WORKERS.map((name) => [name, 'own payload keys']));
});

test('every secret of the configuration is either handed to the parts named here, or to none', () => {
  const secrets = Object.keys(EnvSchema.shape).filter((name) =>
    /SECRET|PASSWORD|TOKEN|KEK|_KEY$|DATABASE_URL/.test(name),
  );
  const source = Object.fromEntries(secrets.map((name) => [name, `secret ${name}`]));
  const all = { ...frame, source };
  const holders = new Map(
    secrets.map((name) => [
      name,
      [...frontSpecs(all), ...workerSpecs(all)]
        .filter(({ env }) => env[name] === `secret ${name}`)
        .map((spec) => spec.name),
    ]),
  );
  for (const [name, parts] of holders) {
    expect({ name, parts }).toEqual({ name, parts: HOLDERS[name] ?? [] });
  }
});

const HOLDERS: Record<string, string[]> = {
  DATABASE_URL: ['api', 'detective', 'llm', 'action', 'backup'],
  COSTGUARD_KEK: ['api'],
  COSTGUARD_KEK_PROVIDER: ['api'],
  COSTGUARD_KEK_KEY: ['api'],
  COSTGUARD_KEK_PREVIOUS: ['api'],
  BACKUP_KEY: ['backup'],
  BACKUP_S3_SECRET_ACCESS_KEY: ['backup'],
  OPENAI_ADMIN_KEY: ['llm-tracker', 'action'],
  ANTHROPIC_ADMIN_KEY: ['llm-tracker', 'action'],
  OIDC_CLIENT_SECRET: ['api'],
};

test('no secret stands on a command line', () => {
  const commandLines = specs.map((spec) => spec.args.join(' ')).join('\n');
  for (const secret of [...Object.values(SECRETS), 'own of ', 'own payload keys'])
    expect(commandLines).not.toContain(secret);
});

test('the API alone opens stored secrets, and so it also reaches the key service', () => {
  const source = {
    ...SECRETS,
    COSTGUARD_KEK_PROVIDER: 'aws-kms',
    COSTGUARD_KEK_KEY: 'alias/costguard',
    COSTGUARD_KEK_PREVIOUS: 'old kek',
  };
  const settings = { ...frame.settings, AWS_ENDPOINT_URL: 'http://demo' };
  const other = { ...frame, source, settings };
  const made = [...frontSpecs(other), ...workerSpecs(other)];
  const envOf = (name: string) => made.find((spec) => spec.name === name)?.env ?? {};
  expect(envOf('api')).toMatchObject({
    COSTGUARD_KEK_PREVIOUS: 'old kek',
    AWS_SECRET_ACCESS_KEY: 'secret of aws',
  });
  expect(envOf('api')).not.toHaveProperty('AWS_ENDPOINT_URL');
  expect(envOf('api')).not.toHaveProperty('AZURE_CLIENT_SECRET');
  for (const name of ['aws-cost', 'action', 'detective', 'llm', 'dashboard'])
    expect(Object.keys(envOf(name)).filter((key) => key.startsWith('COSTGUARD_KEK'))).toEqual([]);
});
