import { expect, test } from 'vitest';
import { parseEnv } from '../../core/config/env.ts';
import { frontSpecs, type PartFrame, workerSpecs } from './partSpecs.ts';

const SECRETS = {
  DATABASE_URL: 'postgresql://db/costguard',
  COSTGUARD_KEK: 'kek',
  COSTGUARD_ADMIN_PASSWORD: 'admin password',
  AWS_SECRET_ACCESS_KEY: 'secret of aws',
  GOOGLE_APPLICATION_CREDENTIALS: '/credentials of google',
  AZURE_CLIENT_SECRET: 'secret of azure',
  OPENAI_ADMIN_KEY: 'key of openai',
  ANTHROPIC_ADMIN_KEY: 'key of anthropic',
  COSTGUARD_TOKEN: 'token of a person',
  COSTGUARD_CLIENT_SECRET: 'somebody else’s',
};

const frame: PartFrame = {
  env: parseEnv({}),
  source: { PATH: '/bin', ...SECRETS },
  settings: { COSTGUARD_HOME: '/home' },
  serviceAccounts: {
    detective: { clientId: 'id', clientSecret: 'own' },
    llm: { clientId: 'llm id', clientSecret: 'llm own' },
    costguard: { clientId: 'other id', clientSecret: 'other own' },
  },
};
const specs = [...frontSpecs(frame), ...workerSpecs(frame)];

test.each([
  ['aws-cost', ['AWS_SECRET_ACCESS_KEY']],
  ['gcp-billing', ['GOOGLE_APPLICATION_CREDENTIALS']],
  ['azure-cost', ['AZURE_CLIENT_SECRET']],
  ['llm-tracker', ['OPENAI_ADMIN_KEY', 'ANTHROPIC_ADMIN_KEY']],
  ['costguard', ['COSTGUARD_CLIENT_SECRET']],
  ['api', ['DATABASE_URL', 'COSTGUARD_KEK']],
  ['dashboard', []],
  ['detective', ['DATABASE_URL', 'COSTGUARD_KEK', 'COSTGUARD_CLIENT_SECRET']],
  ['llm', ['DATABASE_URL', 'COSTGUARD_CLIENT_SECRET']],
  ['action', ['DATABASE_URL', 'AWS_SECRET_ACCESS_KEY', 'OPENAI_ADMIN_KEY', 'ANTHROPIC_ADMIN_KEY']],
])('%s gets only the secrets that it needs', (name, expected) => {
  const env = specs.find((spec) => spec.name === name)?.env ?? {};
  const given = Object.keys(SECRETS).filter((secret) => env[secret] !== undefined);
  expect(given).toEqual(expected);
  expect(env).toMatchObject({ PATH: '/bin', COSTGUARD_HOME: '/home' });
});

test('a part that opens stored secrets also reaches the key service, and no other does', () => {
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
  for (const name of ['aws-cost', 'action', 'llm', 'dashboard'])
    expect(Object.keys(envOf(name)).filter((key) => key.startsWith('COSTGUARD_KEK'))).toEqual([]);
});

test('a worker signs in with its own service account', () => {
  const detective = specs.find((spec) => spec.name === 'detective');
  expect(detective?.env).toMatchObject({
    COSTGUARD_CLIENT_ID: 'id',
    COSTGUARD_CLIENT_SECRET: 'own',
  });
});

test('no secret stands on a command line', () => {
  const commandLines = specs.map((spec) => spec.args.join(' ')).join('\n');
  for (const secret of [...Object.values(SECRETS), 'own'])
    expect(commandLines).not.toContain(secret);
});
