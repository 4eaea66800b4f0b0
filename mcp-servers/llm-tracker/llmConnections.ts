import { ToolError } from '../../core/mcp/toolError.ts';
import { ANTHROPIC_IDENTITY } from './anthropicIdentity.ts';
import type { LlmProvider } from './llmProvider.ts';
import { OPENAI_IDENTITY } from './openAiIdentity.ts';

/** A connection of a call and the provider behind it. */
export interface LlmConnection {
  connectionId: string;
  provider: LlmProvider;
}

/** Every provider that this server can have a key of. */
export const IDENTITIES = [OPENAI_IDENTITY, ANTHROPIC_IDENTITY] as const;

/**
 * The connections that a call is about: those it names, or one of every provider that has a key. A connection is the
 * provider's id, by itself or with a hyphen and anything after it, which keeps cache and budget apart.
 *
 * @throws ToolError `INVALID_ARGUMENT` for another id, or for two connections of one provider, whose costs would count
 * twice; `AUTH_EXPIRED` where the key is not set
 */
export function resolveConnections(
  providers: readonly LlmProvider[],
  connectionIds: readonly string[] | undefined,
): LlmConnection[] {
  if (!connectionIds) {
    if (providers.length === 0) throw keyNotSet(IDENTITIES.map(({ keyVariable }) => keyVariable));
    return providers.map((provider) => ({ connectionId: provider.id, provider }));
  }
  const connections = connectionIds.map((connectionId) => {
    const identity = identityOf(connectionId);
    const provider = providers.find(({ id }) => id === identity.id);
    if (!provider) throw keyNotSet([identity.keyVariable]);
    return { connectionId, provider };
  });
  if (new Set(connections.map(({ provider }) => provider)).size < connections.length) {
    throw new ToolError(
      'INVALID_ARGUMENT',
      'Two of these connections are of one organisation, so its costs would be counted twice. Name one connection of each provider, or none.',
      { field: 'connectionIds' },
    );
  }
  return connections;
}

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
    `No admin key is set for this connection. Set ${names} in the environment of this server to an admin key of the organisation, then start it again.`,
  );
}
