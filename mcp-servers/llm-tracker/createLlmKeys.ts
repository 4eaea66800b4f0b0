import type { CredentialInput, OpenedCredential } from '../../core/contracts/credential.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import type { ConnectionCredentials } from '../kit/credentials/connectionCredentials.ts';
import { anthropic } from './anthropic.ts';
import type { LlmEnv } from './defineLlmTracker.ts';
import { findProviders } from './findProviders.ts';
import type { LlmKeys } from './llmConnections.ts';
import type { LlmProvider } from './llmProvider.ts';
import { openAi } from './openAi.ts';

/** The keys of the environment, and those that connections have stored in the platform. */
export function createLlmKeys(env: LlmEnv, credentials: ConnectionCredentials): LlmKeys {
  // As long as the credential is kept, and no longer: its provider holds the key.
  const known = new WeakMap<OpenedCredential, LlmProvider>();
  return {
    environment: findProviders(env),
    findStored: async (id, connectionId, signal) => {
      const opened = await credentials.find(connectionId, signal);
      if (opened === undefined) return undefined;
      const provider = known.get(opened) ?? toProvider(opened.credential, env);
      known.set(opened, provider);
      if (provider.id !== id) throw ofAnother(provider);
      return { provider, identity: `${opened.credentialId}:${opened.version}` };
    },
  };
}

const STORED = 'the connection’s stored credential';

/** A provider with a stored key, which its messages name as that; where its API is, is the operator's. */
export function toProvider(credential: CredentialInput, env: LlmEnv): LlmProvider {
  switch (credential.kind) {
    case 'openai_admin_key':
      return { ...openAi(credential.adminKey, env.OPENAI_BASE_URL), keyVariable: STORED };
    case 'anthropic_admin_key':
      return { ...anthropic(credential.adminKey, env.ANTHROPIC_BASE_URL), keyVariable: STORED };
    default:
      throw new TypeError(`a credential of another provider: ${credential.kind}`);
  }
}

const ofAnother = ({ name }: LlmProvider): ToolError =>
  new ToolError('NOT_FOUND', `This connection is of ${name}. Write its provider before its id.`, {
    field: 'connectionIds',
  });
