import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { runCommand } from '../../cli/launch/runCommand.ts';
import type { CredentialInput } from '../../core/contracts/credential.ts';
import { type AzureAccount, openAzureAccount } from './azureAccount.ts';
import { type GceAccount, openGceAccount } from './gceAccount.ts';
import { compileProgram } from './workerProcess.ts';

let gce: GceAccount;
let azure: AzureAccount;

beforeAll(async () => {
  await compileProgram();
  [gce, azure] = [await openGceAccount(), await openAzureAccount()];
});
afterAll(async () => {
  await gce.close();
  await azure.close();
});

/** Describes a machine in a process of its own, with the clients that the action worker makes for a connection. */
async function describeElsewhere(
  cloud: 'gce' | 'azureVm',
  env: Record<string, string>,
  resourceId: string,
  credential?: CredentialInput,
): Promise<unknown> {
  const at = (path: string) => join(projectRoot, '.cache', 'test-build', `${path}.js`);
  const [folder, made] =
    cloud === 'gce' ? ['gce', 'createGceMachines'] : ['azureVm', 'createAzureMachines'];
  const file = cloud === 'gce' ? 'gceMachines' : 'azureMachines';
  const program = `
    const { parseEnv } = await import(${JSON.stringify(at('core/config/env'))});
    const { createConnectionClients } = await import(${JSON.stringify(at('activities/actions/credentials/createConnectionClients'))});
    const { ${made} } = await import(${JSON.stringify(at(`activities/actions/${folder}/${file}`))});
    const credential = ${JSON.stringify(credential ?? null)};
    const body = { connectionId: 'c', credentialId: 'k', version: 1, credential };
    const api = credential === null ? undefined : { send: async () => ({ body }) };
    const clients = createConnectionClients(parseEnv(process.env), api, { now: Date.now });
    const machines = ${made}((await clients.of('c')).${cloud});
    const said = await machines.describe({ resourceId: ${JSON.stringify(resourceId)}, region: '' })
      .catch(({ code }) => ({ code }));
    process.stdout.write(JSON.stringify(said));
    clients.close();
  `;
  const said = await runCommand({
    command: process.execPath,
    args: ['--input-type=module', '--eval', program],
    env: {
      PATH: process.env['PATH'],
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...env,
    },
    timeoutMs: 60_000,
  });
  return JSON.parse(said) as unknown;
}

const serviceAccount = (): CredentialInput => ({
  kind: 'gcp_service_account',
  billingTable: 'shop.billing.export',
  key: {
    type: 'service_account',
    project_id: 'shop',
    private_key_id: 'k1',
    private_key: generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    client_email: 'costguard@shop.iam.gserviceaccount.com',
    token_uri: 'https://oauth2.googleapis.com/token',
  },
});

describe('what the action worker signs in with', () => {
  it('is the workload identity of its environment at Google Cloud', async () => {
    const id = gce.launch();
    expect(await describeElsewhere('gce', gce.env, id)).toMatchObject({ state: 'running' });
  });

  it('is the managed identity of its environment at Azure, over TLS', async () => {
    const id = azure.launch();
    expect(await describeElsewhere('azureVm', azure.env, id)).toMatchObject({ state: 'running' });
  });

  it('is the environment’s for a connection that says so', async () => {
    const workload: CredentialInput = { kind: 'gcp_workload_identity', billingTable: 'shop.b.t' };
    const managed: CredentialInput = {
      kind: 'azure_managed_identity',
      scopes: ['subscriptions/x'],
    };
    const [vm, machine] = [gce.launch(), azure.launch()];
    expect(await describeElsewhere('gce', gce.env, vm, workload)).toMatchObject({
      accountId: 'shop',
    });
    expect(await describeElsewhere('azureVm', azure.env, machine, managed)).toMatchObject({
      state: 'running',
    });
  });

  it('is never the environment’s where a key is stored', async () => {
    const id = gce.launch();
    const before = gce.faults.calls.length;
    // The key is no real one, and Google may be out of reach: either way there is no token for it.
    expect(await describeElsewhere('gce', gce.env, id, serviceAccount())).toMatchObject({
      code: expect.stringMatching(/^(credentials_rejected|provider_unavailable)$/) as string,
    });
    expect(gce.faults.calls).toHaveLength(before);
  });

  it('is credentials_rejected where there is nothing', async () => {
    const without = {
      GCP_ENDPOINT_URL: gce.url,
      METADATA_SERVER_DETECTION: 'none',
      HOME: '/nonexistent',
    };
    expect(await describeElsewhere('gce', without, gce.launch())).toEqual({
      code: 'credentials_rejected',
    });
  });
});
