import type { Scope } from '../../core/contracts/access.ts';

/** The scopes of a token: those asked for, or all that can be had; undefined where that is none, or more is asked for. */
export function grantScopes(asked: string | undefined, held: readonly Scope[]): string | undefined {
  const scopes = asked?.split(' ').filter((scope) => scope !== '') ?? held;
  if (scopes.length === 0 || scopes.some((scope) => !held.includes(scope as Scope))) {
    return undefined;
  }
  return scopes.join(' ');
}
