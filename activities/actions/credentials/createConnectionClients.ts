import { randomUUID } from 'node:crypto';
import type { Env } from '../../../core/config/env.ts';
import { type CredentialInput, OpenedCredential } from '../../../core/contracts/credential.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { PlatformApi } from '../../platform/platformApi.ts';
import type { ProviderClients } from '../adapters.ts';
import type { NoteCloudCall } from '../cloudCalls/cloudCall.ts';
import { createEc2For } from '../ec2/createEc2For.ts';
import { createLlmAdmins, type LlmAdminEnv } from '../llmKeys/createLlmAdmin.ts';
import { awsKeys } from './awsKeys.ts';

/** The clients of a connection's provider, with what the connection signs in with. */
export interface ConnectionClients {
  /**
   * Those of its stored credential as it is now, else those of this worker's environment.
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

// A client outlives the activity that made it, so that the next step of an action need not make another.
const KEPT_MS = 5 * 60_000;

/**
 * Opens credentials through the API by this worker's own account; without one only the environment's are there. `note`
 * takes each call to a provider down.
 */
export function createConnectionClients(
  env: LlmAdminEnv & Pick<Env, 'AWS_REGION'>,
  api: PlatformApi | undefined,
  options: { now: () => number; note?: NoteCloudCall },
): ConnectionClients {
  const { now, note } = options;
  const environment = open(env, undefined, note);
  const kept = new Map<string, Kept>();
  const forget = (connectionId: string): void => {
    kept.get(connectionId)?.close();
    kept.delete(connectionId);
  };
  return {
    of: async (connectionId) => {
      const found = api && (await findCredential(api, connectionId));
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
  env: LlmAdminEnv,
  credential: CredentialInput | undefined,
  note: NoteCloudCall | undefined,
): Opened {
  const keys = awsKeys(credential);
  const noted = note === undefined ? {} : { note };
  const ec2 = createEc2For({ ...noted, ...(keys === undefined ? {} : { credentials: keys }) });
  const llmAdmins = createLlmAdmins(withKey(env, credential), noted);
  return { clients: { ec2For: ec2.ec2For, llmAdmins }, close: ec2.close };
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
