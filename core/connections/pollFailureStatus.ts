// What a person has to do something about; everything else passes by itself.
const NEEDS_A_PERSON = new Set([
  'permission_missing',
  'credentials_rejected',
  'provider_answer_invalid',
  'provider_refused',
  'resource_not_found',
  'invalid_request',
  'unsupported',
  'config_invalid',
]);

/** What a poll that failed with this code makes of its connection's health: `failed` where a person has to act. */
export const pollFailureStatus = (code: string): 'failed' | 'degraded' =>
  NEEDS_A_PERSON.has(code) ? 'failed' : 'degraded';
