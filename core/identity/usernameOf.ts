/** The user name for somebody whom the identity provider names, before it is known to be free; undefined where no claim makes one. */
export function usernameOf(claims: Record<string, unknown>): string | undefined {
  return ['preferred_username', 'email', 'sub']
    .map((name) => claims[name])
    .filter((value) => typeof value === 'string')
    .map((value) =>
      value
        .toLowerCase()
        .replaceAll(/[^a-z0-9._@-]+/g, '-')
        .replace(/^[^a-z0-9]+/, '')
        .slice(0, 90),
    )
    .find((name) => name.length >= 2);
}
