import { Role } from '../contracts/access.ts';

/** The value of a claim; undefined where it is missing. Its own name wins over a path: some claims are named by an address. */
export function claimAt(claims: Record<string, unknown>, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split('.').reduce<unknown>((found, key) => {
    const isInside = typeof found === 'object' && found !== null && Object.hasOwn(found, key);
    return isInside ? (found as Record<string, unknown>)[key] : undefined;
  }, claims);
}

/** The highest role that a claim, a text or a list of texts, gives; undefined where it gives none. */
export function mappedRole(claim: unknown, roles: ReadonlyMap<string, Role>): Role | undefined {
  const values: unknown[] = Array.isArray(claim) ? claim : [claim];
  const given = values.map((value) => (typeof value === 'string' ? roles.get(value) : undefined));
  return Role.options.findLast((role) => given.includes(role));
}
