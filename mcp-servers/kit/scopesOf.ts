import type { ServerDefinition } from './createServerFactory.ts';
import { READ_SCOPE } from './readScope.ts';

/** All scopes that something of the server asks for, each once: what a client may ask a token for. */
export function scopesOf({ tools, resources = [] }: ServerDefinition): string[] {
  const asked = [...tools, ...resources].flatMap(({ scopes = [READ_SCOPE] }) => [...scopes]);
  return [...new Set<string>([READ_SCOPE, ...asked])];
}
