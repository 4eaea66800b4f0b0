import { randomUUID } from 'node:crypto';
import { azureEndpoint } from '../../../core/config/azureEndpoint.ts';
import type { Env } from '../../../core/config/env.ts';
import { type CredentialInput, OpenedCredential } from '../../../core/contracts/credential.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { PlatformApi } from '../../platform/platformApi.ts';
import type { ProviderClients } from '../adapters.ts';
import { createAzure } from '../azureVm/createAzure.ts';
import type { NoteCloudCall } from '../cloudCalls/cloudCall.ts';
import { createEc2For } from '../ec2/createEc2For.ts';
import { createGce } from '../gce/createGce.ts';
import { createLlmAdmins, type LlmAdminEnv } from '../llmKeys/createLlmAdmin.ts';
import { awsKeys } from './awsKeys.ts';
import { azureToken } from './azureToken.ts';
import { googleToken } from './googleToken.ts';

/** What of the worker's environment the clients are made of. */
type ClientsEnv = LlmAdminEnv &
  Pick<Env, 'AWS_REGION'> &
  Partial<Pick<Env, 'GCP_ENDPOINT_URL' | 'AZURE_ENDPOINT_URL'>>;

/** The clients of a connection's provider, with what the connection signs in with. */
export interface ConnectionClients {
  /**
   * Those of its stored credential as it is now, else those of this worker's environment. While the API is away, as it was
   * at most half an hour ago: an action in the middle of a change must not wait for it with the machine stopped.
   *
   * @throws CostGuardError `api_unavailable` when that cannot be found out: another account must not be changed instead
   */
  of: (connectionId: string) => Promise<ProviderClients>;
  /** Ends all connections. */
  close: () => void;
}

interface Opened {
  clients: ProviderClients;
  close: () => void;
}

interface Kept extends Opened {
  identity: string;
  until: number;
}

interface Answer {
  /** undefined where the connection has no stored credential. */
  found: OpenedCredential | undefined;
  until: number;
}

// A client outlives the activity that made it, so that the next step of an action need not make another.
const KEPT_MS = 5 * 60_000;
// As long as a step forward is tried.
const ANSWER_MS = 30 * 60_000;

/**
 * Opens credentials through the API by this worker's own account; without one only the environment's are there. `note`
 * takes each call to a provider down.
 */
export function createConnectionClients(
  env: ClientsEnv,
  api: PlatformApi | undefined,
  options: { now: () => number; note?: NoteCloudCall },
): ConnectionClients {
  const { now, note } = options;
  const environment = open(env, undefined, note);
  const kept = new Map<string, Kept>();
  const answers = new Map<string, Answer>();
  const ask = async (connectionId: string): Promise<OpenedCredential | undefined> => {
    if (api === undefined) return undefined;
    for (const [id, { until }] of answers) if (until <= now()) answers.delete(id);
    try {
      const found = await findCredential(api, connectionId);
      answers.set(connectionId, { found, until: now() + ANSWER_MS });
      return found;
    } catch (error) {
      const isAway = error instanceof CostGuardError && error.code === 'api_unavailable';
      const last = answers.get(connectionId);
      if (isAway && last !== undefined) return last.found;
      answers.delete(connectionId);
      throw error;
    }
  };
  const forget = (connectionId: string): void => {
    kept.get(connectionId)?.close();
    kept.delete(connectionId);
  };
  return {
    of: async (connectionId) => {
      const found = await ask(connectionId);
      for (const [id, { until }] of kept) if (until <= now()) forget(id);
      if (found === undefined) {
        forget(connectionId);
        return environment.clients;
      }
      const identity = `${found.credentialId}:${found.version}`;
      const known = kept.get(connectionId);
      if (known?.identity === identity) return known.clients;
      forget(connectionId);
      const made = open(env, found.credential, note);
      kept.set(connectionId, { ...made, identity, until: now() + KEPT_MS });
      return made.clients;
    },
    close: () => {
      for (const id of kept.keys()) forget(id);
      environment.close();
    },
  };
}

async function findCredential(
  api: PlatformApi,
  connectionId: string,
): Promise<OpenedCredential | undefined> {
  try {
    const { body } = await api.send({
      method: 'POST',
      path: `/api/v1/connections/${connectionId}/credential/open`,
      body: {},
      // The API keeps no reply of this kind.
      idempotencyKey: randomUUID(),
      reply: OpenedCredential,
    });
    return body;
  } catch (error) {
    if (error instanceof CostGuardError && error.code === 'credential_not_found') return undefined;
    throw error;
  }
}

/** Addresses are always the operator's, from the environment. */
function open(
  env: ClientsEnv,
  credential: CredentialInput | undefined,
  note: NoteCloudCall | undefined,
): Opened {
  const keys = awsKeys(credential);
  const noted = note === undefined ? {} : { note };
  const ec2 = createEc2For({ ...noted, ...(keys === undefined ? {} : { credentials: keys }) });
  const llmAdmins = createLlmAdmins(withKey(env, credential), noted);
  const gce = createGce({
    ...noted,
    endpoint: env.GCP_ENDPOINT_URL,
    token: googleToken(credential),
  });
  const { endpoint, tokenScope } = azureEndpoint(env.AZURE_ENDPOINT_URL);
  const azureVm = createAzure({ ...noted, endpoint, token: azureToken(credential, tokenScope) });
  return { clients: { ec2For: ec2.ec2For, gce, azureVm, llmAdmins }, close: ec2.close };
}

function withKey(env: LlmAdminEnv, credential: CredentialInput | undefined): LlmAdminEnv {
  switch (credential?.kind) {
    case 'openai_admin_key':
      return { ...env, OPENAI_ADMIN_KEY: credential.adminKey };
    case 'anthropic_admin_key':
      return { ...env, ANTHROPIC_ADMIN_KEY: credential.adminKey };
    default:
      return env;
  }
}
