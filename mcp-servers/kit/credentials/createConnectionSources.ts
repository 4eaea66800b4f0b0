import type { CredentialInput, OpenedCredential } from '../../../core/contracts/credential.ts';
import { ToolError } from '../../../core/mcp/toolError.ts';
import { connectionOf } from '../costs/connectionOf.ts';
import type { CostSource } from '../costs/costSource.ts';
import type { SourceCall } from '../costs/sourceCall.ts';
import type { ConnectionCredentials } from './connectionCredentials.ts';

const STORED_LABEL = 'Account of the connection’s stored credential';

/**
 * One source for all connections of a provider: each call goes to the source of its connection's stored credential, or to
 * that of this process's environment where there is none.
 *
 * @param make the source of one credential; undefined for the environment's
 */
export function createConnectionSources(
  provider: string,
  credentials: ConnectionCredentials,
  make: (credential: CredentialInput | undefined) => CostSource,
): CostSource {
  const environment = make(undefined);
  // As long as the credential is kept, and no longer: its source holds the secret.
  const stored = new WeakMap<OpenedCredential, CostSource>();
  const withStored = new Set<string>();

  const sourceOf = async (call: SourceCall): Promise<[CostSource, SourceCall]> => {
    const connectionId = connectionOf(provider, call.connectionIds);
    const opened = await credentials.find(connectionId, call.signal);
    if (opened === undefined) {
      withStored.delete(connectionId);
      return [environment, call];
    }
    withStored.add(connectionId);
    const source = stored.get(opened) ?? make(opened.credential);
    stored.set(opened, source);
    return [source, { ...call, identity: `${opened.credentialId}:${opened.version}` }];
  };

  const run = async <T>(
    call: SourceCall,
    use: (source: CostSource, call: SourceCall) => Promise<T>,
  ): Promise<T> => {
    const [source, own] = await sourceOf(call);
    try {
      return await use(source, own);
    } catch (error) {
      if (isRefused(error)) credentials.drop(connectionOf(provider, call.connectionIds));
      throw error;
    }
  };

  return {
    budget: environment.budget,
    profile: () => environment.profile(),
    connections: () =>
      environment
        .connections()
        .map((connection) =>
          withStored.has(connection.connectionId)
            ? { ...connection, label: STORED_LABEL }
            : connection,
        ),
    costs: (question, call) => run(call, (source, own) => source.costs(question, own)),
    accounts: (call) => run(call, (source, own) => source.accounts(own)),
    anomalies: (period, call) => run(call, (source, own) => source.anomalies(period, own)),
    recommendations: (call) => run(call, (source, own) => source.recommendations(own)),
    cost: (call) => environment.cost(call),
  };
}

/** Says whether the provider did not take the credential, which a person may have replaced meanwhile. */
export const isRefused = (error: unknown): boolean =>
  error instanceof ToolError && error.meta.code === 'AUTH_EXPIRED';
