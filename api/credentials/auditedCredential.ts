import type { Credential } from '../../core/contracts/credential.ts';

/** What of a credential stands in the audit log; none of it is secret. */
export function auditedCredential(credential: Credential | undefined) {
  if (credential === undefined) return null;
  const { kind, hint, version } = credential;
  return { kind, hint, version };
}
