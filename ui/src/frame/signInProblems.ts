/** What is said of a sign-in at the identity provider that did not work, by the code in the address. */
const PROBLEMS: Record<string, string> = {
  oidc_failed: 'The sign-in did not work. Start it again; if it stays, ask whoever runs CostGuard.',
  oidc_expired: 'The sign-in took too long or began in another browser. Start it again here.',
  oidc_no_role: 'You have no role in CostGuard. Ask whoever runs it for one.',
  oidc_unavailable: 'The identity provider does not answer. Try again in a minute.',
  too_many_requests: 'There were too many tries to sign in. Wait five minutes.',
};

/** The words for a code; undefined for none, and for one that is not ours. */
export function signInProblem(code: string | null): string | undefined {
  return code !== null && Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code] : undefined;
}
