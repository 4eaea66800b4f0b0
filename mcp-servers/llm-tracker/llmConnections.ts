import { ToolError } from '../../core/mcp/toolError.ts';
import { ANTHROPIC_IDENTITY } from './anthropicIdentity.ts';
import type { ConnectionCall } from '../kit/costs/createAsk.ts';
import type { SourceCall } from '../kit/costs/sourceCall.ts';
import type { LlmProvider } from './llmProvider.ts';
import { OPENAI_IDENTITY } from './openAiIdentity.ts';

/** A connection of a call and the provider behind it. */
export interface LlmConnection {
  connectionId: string;
  provider: LlmProvider;
  /** Which stored credential it is, in which version; absent for the environment's key. */
  identity?: string;
}

/** The keys that this server has: those of its environment, and those that connections have stored. */
export interface LlmKeys {
  environment: readonly LlmProvider[];
  /** The provider with the key that a connection has stored; undefined where it has none. */
  findStored: (
    id: LlmProvider['id'],
    connectionId: string,
    signal: AbortSignal,
  ) => Promise<Omit<LlmConnection, 'connectionId'> | undefined>;
}

/** Every provider that this server can have a key of. */
export const IDENTITIES = [OPENAI_IDENTITY, ANTHROPIC_IDENTITY] as const;

/**
 * The connections that a call is about: those it names, or one of every provider whose key the environment has. A
 * connection is the provider's id, by itself or with a hyphen and the id of a connection of the platform, whose stored key
 * is then used; anything else after the hyphen keeps cache and budget apart.
 *
 * @throws ToolError `INVALID_ARGUMENT` for another id, or for two connections with one key, whose costs would count twice;
 * `AUTH_EXPIRED` where no key is there
 */
export async function resolveConnections(
  { environment, findStored }: LlmKeys,
  connectionIds: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<LlmConnection[]> {
  if (!connectionIds) {
    if (environment.length === 0) throw keyNotSet(IDENTITIES.map(({ keyVariable }) => keyVariable));
    return environment.map((provider) => ({ connectionId: provider.id, provider }));
  }
  const connections = await Promise.all(
    connectionIds.map(async (connectionId): Promise<LlmConnection> => {
      const identity = identityOf(connectionId);
      const stored = await findStored(identity.id, platformIdOf(connectionId), signal);
      if (stored !== undefined) return { connectionId, ...stored };
      const provider = environment.find(({ id }) => id === identity.id);
      if (!provider) throw keyNotSet([identity.keyVariable]);
      return { connectionId, provider };
    }),
  );
  if (new Set(connections.map(({ provider }) => provider)).size < connections.length) {
    throw new ToolError(
      'INVALID_ARGUMENT',
      'Two of these connections are of one organisation, so its costs would be counted twice. Name one connection of each provider, or none.',
      { field: 'connectionIds' },
    );
  }
  return connections;
}

/** The platform's own id of a connection: what stands after the provider and a hyphen. */
export const platformIdOf = (connectionId: string): string =>
  connectionId.slice(identityOf(connectionId).id.length + 1);

/** Whose connection an id is. @throws ToolError `INVALID_ARGUMENT` for an id of neither */
function identityOf(connectionId: string): (typeof IDENTITIES)[number] {
  const identity = IDENTITIES.find(
    ({ id }) => connectionId === id || connectionId.startsWith(`${id}-`),
  );
  if (identity) return identity;
  throw new ToolError(
    'INVALID_ARGUMENT',
    `This server has the connections ${IDENTITIES.map(({ id }) => id).join(' and ')}, each by itself or followed by a hyphen and any id. Name one of them, or none for all.`,
    { field: 'connectionIds' },
  );
}

function keyNotSet(variables: readonly string[]): ToolError {
  const names = variables.join(' or ');
  return new ToolError(
    'AUTH_EXPIRED',
    `No admin key is set for this connection. Set ${names} in the environment of this server to an admin key of the organisation, then start it again; or store one for the connection in CostGuard.`,
  );
}

/** The call about one of its connections. */
export const toConnectionCall = (
  call: SourceCall,
  { connectionId, identity }: LlmConnection,
): ConnectionCall => ({ ...call, connectionId, ...(identity === undefined ? {} : { identity }) });
